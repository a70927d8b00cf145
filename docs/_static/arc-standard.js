// The step-through parser, <arc-standard words="..." heads="...">: one plain script, which also
// runs from file://. The first part is the transition system, which the tests compare with
// solutions/parser_transitions.py; the second is what is seen.
"use strict";

(function () {
  // --- the transition system ---------------------------------------------------------------------
  // A word is its place in the sentence, from 1, so that a repeated word is no trouble; 0 is ROOT.
  // A state is never changed: a step returns a new one.

  const NAMES = { S: "SHIFT", LA: "LEFT-ARC", RA: "RIGHT-ARC" };

  class IllegalTransition extends Error {
    // `needs` is what the state lacks: "buffer", "items", "words" or "name".
    constructor(transition, needs) {
      super(`${transition} is not legal here: ${needs}`);
      this.name = "IllegalTransition";
      this.transition = transition;
      this.needs = needs;
    }
  }

  function start(words) {
    return { words: [...words], stack: [0], buffer: words.map((_, i) => i + 1), arcs: [] };
  }

  function lacks(state, transition) {
    if (transition === "S") return state.buffer.length ? null : "buffer";
    if (transition !== "LA" && transition !== "RA") return "name";
    if (state.stack.length < 2) return "items";
    return transition === "LA" && state.stack.length < 3 ? "words" : null;
  }

  function legal(state) {
    return ["S", "LA", "RA"].filter((transition) => lacks(state, transition) === null);
  }

  function step(state, transition) {
    const needs = lacks(state, transition);
    if (needs) throw new IllegalTransition(transition, needs);
    const { words, stack, buffer, arcs } = state;
    if (transition === "S") {
      return { words, stack: [...stack, buffer[0]], buffer: buffer.slice(1), arcs };
    }
    const [second, first] = stack.slice(-2);
    const [head, dependent] = transition === "LA" ? [first, second] : [second, first];
    return { words, stack: [...stack.slice(0, -2), head], buffer, arcs: [...arcs, [head, dependent]] };
  }

  function run(words, transitions) {
    return transitions.reduce(step, start(words));
  }

  function finished(state) {
    return state.buffer.length === 0 && state.stack.length === 1;
  }

  // The word's head in the tree is heads[word - 1].
  function isRight(arc, heads) {
    return heads[arc[1] - 1] === arc[0];
  }

  // An arc as soon as it is right, RIGHT-ARC when the dependent has all of its own; else SHIFT. What
  // LEFT-ARC removes can get no more dependents anyway: its head stands between them.
  function eager(state, heads) {
    const [second, first] = state.stack.slice(-2);
    const complete = (word) =>
      heads.every((head, i) => head !== word || state.arcs.some((arc) => arc[1] === i + 1));
    if (first !== undefined) {
      if (second > 0 && heads[second - 1] === first) return "LA";
      if (heads[first - 1] === second && complete(first)) return "RA";
    }
    return state.buffer.length ? "S" : null;
  }

  // The next transition on the way to the tree, or null where no way leads there.
  function oracle(state, heads) {
    const next = finished(state) ? null : eager(state, heads);
    for (let ahead = state; !finished(ahead); ) {
      const transition = eager(ahead, heads);
      if (!transition) return null;
      ahead = step(ahead, transition);
      if (finished(ahead) && !ahead.arcs.every((arc) => isRight(arc, heads))) return null;
    }
    return next;
  }

  // What is wrong with the heads of n words, or null: { kind, ... }.
  function problem(heads, n) {
    if (heads.length !== n) return { kind: "count", n, given: heads.length };
    const outside = heads.findIndex((head) => !Number.isInteger(head) || head < 0 || head > n);
    if (outside >= 0) return { kind: "range", n, word: outside + 1 };
    const roots = heads.map((head, i) => (head === 0 ? i + 1 : 0)).filter(Boolean);
    for (let word = 1; word <= n; word++) {
      const way = [word];
      while (heads[way[way.length - 1] - 1] > 0) {
        const head = heads[way[way.length - 1] - 1];
        if (way.includes(head)) return { kind: "cycle", words: way.slice(way.indexOf(head)) };
        way.push(head);
      }
    }
    return roots.length === 1 ? null : { kind: "roots", words: roots };
  }

  // Two arcs that cross, or null: a tree with crossing arcs cannot be reached.
  function crossing(heads) {
    const arcs = heads.map((head, i) => [head, i + 1]);
    for (const one of arcs) {
      const [left, right] = [Math.min(...one), Math.max(...one)];
      const inside = (word) => left < word && word < right;
      const outside = (word) => word < left || right < word;
      const other = arcs.find(
        ([a, b]) => (inside(a) && outside(b)) || (inside(b) && outside(a)),
      );
      if (other) return [one, other];
    }
    return null;
  }

  // --- words -------------------------------------------------------------------------------------

  const list = (names) => (names.length ? names.join(", ") : null);
  const STRINGS = {
    en: {
      parser: "Step-through parser",
      picture: (arcs) => `The sentence, with its arcs so far: ${list(arcs) || "none"}.`,
      wrong: "not in the tree",
      stack: "Stack, its top on the right",
      buffer: "Buffer, its front on the left",
      empty: "empty",
      undo: "Undo",
      restart: "Begin again",
      one: "One step of the oracle",
      play: "Play the oracle",
      pause: "Pause",
      begin: (n) => `A sentence of ${n} ${n === 1 ? "word" : "words"}: ${2 * n} steps to go.`,
      shifted: (word) => `SHIFT: ${word} moves from the buffer onto the stack.`,
      attached: (name, head, dependent) =>
        `${name}: ${dependent} becomes a dependent of ${head} and leaves the stack.`,
      undone: (name) => `${name} is undone.`,
      nothingToUndo: "There is nothing to undo.",
      needs: {
        buffer: (name) => `${name} needs a word in the buffer, and the buffer is empty.`,
        items: (name) => `${name} needs two items on the stack, and only ROOT is there.`,
        words: (name, word) =>
          `${name} needs two words above ROOT, and only ${word} is there: ROOT never becomes a dependent.`,
      },
      legal: (names) => (names.length ? `Legal here: ${list(names)}.` : "Nothing is legal here: the parse is finished."),
      notInTree: "This arc is not in the tree of the sentence.",
      lost: "From here the tree can no longer be reached: undo.",
      finished: "The parse is finished.",
      allRight: "All arcs are those of the tree.",
      someRight: (right, n) => `${right} of ${n} arcs are those of the tree.`,
      noHeads: "The heads of this sentence were not given, so there is no oracle.",
      question: "This sentence is a question of the assignment: step through it yourself.",
      crossing: (one, other) =>
        `The arcs ${one} and ${other} cross, so the tree is not projective and no sequence of these transitions reaches it.`,
      steps: "The steps so far",
      columns: ["Step", "Stack", "Buffer", "New dependency", "Transition"],
      own: "A sentence of your own",
      words: "Words, separated by spaces",
      heads: "Heads, one number a word (0 is ROOT); without heads there is no oracle",
      use: "Use this sentence",
      problems: {
        none: () => "Write a word or more.",
        long: (p) => `At most ${p.n} words, please.`,
        count: (p) => `There are ${p.n} words and ${p.given} heads: give one head for each word.`,
        range: (p) => `The head of ${p.names} has to be a number from 0 to ${p.n}.`,
        roots: (p) =>
          `Exactly one word has the head 0, the root of the sentence; here ${p.names ? `there are these: ${p.names}` : "no word has it"}.`,
        cycle: (p) => `These heads run in a circle and never come to ROOT: ${p.names}.`,
      },
    },
    "zh-CN": {
      parser: "逐步句法分析器",
      picture: (arcs) => `句子及目前已有的弧：${list(arcs) || "无"}。`,
      wrong: "不在树中",
      stack: "栈（栈顶在右）",
      buffer: "缓冲区（队首在左）",
      empty: "空",
      undo: "撤销",
      restart: "重新开始",
      one: "按标准答案走一步",
      play: "播放标准答案",
      pause: "暂停",
      begin: (n) => `句子共 ${n} 个词，还需 ${2 * n} 步。`,
      shifted: (word) => `SHIFT：${word} 从缓冲区移入栈中。`,
      attached: (name, head, dependent) => `${name}：${dependent} 成为 ${head} 的从属词，并离开栈。`,
      undone: (name) => `已撤销 ${name}。`,
      nothingToUndo: "没有可以撤销的步骤。",
      needs: {
        buffer: (name) => `${name} 要求缓冲区中有词，而缓冲区已空。`,
        items: (name) => `${name} 要求栈中有两项，而栈中只有 ROOT。`,
        words: (name, word) => `${name} 要求 ROOT 之上有两个词，而这里只有 ${word}：ROOT 不能成为从属词。`,
      },
      legal: (names) => (names.length ? `此处可用：${names.join("、")}。` : "此处没有可用的转移：分析已完成。"),
      notInTree: "这条弧不在该句的树中。",
      lost: "从这里已无法得到这棵树：请撤销。",
      finished: "分析已完成。",
      allRight: "所有的弧都与树一致。",
      someRight: (right, n) => `${n} 条弧中有 ${right} 条与树一致。`,
      noHeads: "没有给出该句的中心词，因此没有标准答案。",
      question: "这个句子是作业题：请自己逐步完成。",
      crossing: (one, other) => `弧 ${one} 与 ${other} 交叉，因此这棵树不是投影的，任何转移序列都得不到它。`,
      steps: "已走的步骤",
      columns: ["步", "栈", "缓冲区", "新依存关系", "转移"],
      own: "自己的句子",
      words: "词，以空格分隔",
      heads: "中心词，每词一个编号（0 为 ROOT）；不填则没有标准答案",
      use: "使用这个句子",
      problems: {
        none: () => "请至少写一个词。",
        long: (p) => `最多 ${p.n} 个词。`,
        count: (p) => `有 ${p.n} 个词，却有 ${p.given} 个中心词：请为每个词给出一个。`,
        range: (p) => `${p.names} 的中心词须是 0 到 ${p.n} 之间的数。`,
        roots: (p) => `恰有一个词的中心词为 0；这里是：${p.names || "无"}。`,
        cycle: (p) => `这些中心词成环，永远到不了 ROOT：${p.names}。`,
      },
    },
  };
  if (typeof module !== "undefined") {
    module.exports = {
      start, legal, step, run, finished, oracle, problem, crossing, IllegalTransition, STRINGS,
    };
  }
  if (typeof customElements === "undefined") return;

  // --- what is seen ------------------------------------------------------------------------------

  const SVG = "http://www.w3.org/2000/svg";
  const LONGEST = 30;
  const PAUSE = 1000; // milliseconds between two steps of the oracle
  let made = 0; // for ids that are unique on the page

  function make(name, attributes = {}, ...children) {
    const node = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    node.append(...children);
    return node;
  }

  function draw(name, attributes, text) {
    const node = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    if (text !== undefined) node.textContent = text;
    return node;
  }

  // About as wide as the word is in the font of the page; CJK characters are as wide as high.
  const width = (word) =>
    [...word].reduce((sum, c) => sum + (/[\u2e80-\uffef]/.test(c) ? 17 : 9.5), 0);

  // How high an arc stands: one above the highest that lies beneath it.
  function levels(arcs) {
    const found = new Map();
    const spans = arcs.map((arc) => [Math.min(...arc), Math.max(...arc)]);
    const order = spans.map((_, i) => i).sort((a, b) => spans[a][1] - spans[a][0] - spans[b][1] + spans[b][0]);
    for (const i of order) {
      const beneath = order.filter(
        (j) => found.has(j) && spans[i][0] <= spans[j][0] && spans[j][1] <= spans[i][1],
      );
      found.set(i, 1 + Math.max(0, ...beneath.map((j) => found.get(j))));
    }
    return arcs.map((_, i) => found.get(i));
  }

  // As tokens compare for `data-refuse`: signs and case do not count.
  const letters = (words) =>
    words.map((word) => word.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "")).filter(Boolean).join(" ");

  class ArcStandard extends HTMLElement {
    connectedCallback() {
      if (this.built) return;
      this.built = true;
      const language = document.documentElement.lang.toLowerCase().startsWith("zh") ? "zh-CN" : "en";
      this.say = STRINGS[language];
      this.key = ++made;
      this.build();
      const words = (this.getAttribute("words") || "").split(/\s+/).filter(Boolean);
      this.load(words, (this.getAttribute("heads") || "").split(/\s+/).filter(Boolean).map(Number));
      this.sentence.value = words.join(" ");
      this.given.value = this.getAttribute("heads") || "";
      this.number();
    }

    disconnectedCallback() {
      this.stop();
    }

    get state() {
      return this.states[this.states.length - 1];
    }

    get refused() {
      const question = this.getAttribute("data-refuse");
      return question !== null && letters(question.split(" ")) === letters(this.state.words);
    }

    // --- building

    build() {
      const say = this.say;
      const id = (name) => `arc-standard-${this.key}-${name}`;
      const button = (key, label, act, className = "") => {
        const node = make(
          "button",
          { type: "button", "aria-keyshortcuts": key, class: className },
          make("span", {}, label), make("kbd", { "aria-hidden": "true" }, key.toUpperCase()),
        );
        node.addEventListener("click", act);
        this.keys[key] = act;
        return node;
      };
      this.keys = {};
      this.picture = make("div", { class: "arc-picture" });
      this.stack = make("ol", { class: "arc-items", "aria-labelledby": id("stack") });
      this.buffer = make("ol", { class: "arc-items arc-buffer", "aria-labelledby": id("buffer") });
      this.status = make("p", { role: "status", class: "arc-status" });
      this.moves = {};
      for (const [transition, key] of [["S", "s"], ["LA", "l"], ["RA", "r"]]) {
        this.moves[transition] = button(key, NAMES[transition], () => {
          this.stop();
          this.move(transition);
        }, "arc-move");
      }
      this.playing = button("p", say.play, () => (this.timer ? this.stop() : this.play()));
      this.table = make("tbody");
      this.scroll = make(
        "div", { class: "arc-scroll" },
        make(
          "table", {},
          make("thead", {}, make("tr", {}, ...say.columns.map((name) => make("th", { scope: "col" }, name)))),
          this.table,
        ),
      );
      this.sentence = make("input", { type: "text", id: id("words"), autocomplete: "off", autocapitalize: "off", spellcheck: "false" });
      this.numbered = make("p", { class: "arc-numbered", id: id("numbered") });
      this.given = make("input", {
        type: "text", id: id("heads"), autocomplete: "off", inputmode: "text",
        "aria-describedby": `${id("numbered")} ${id("problem")}`,
      });
      this.problem = make("p", { role: "alert", class: "arc-problem", id: id("problem") });
      const form = make(
        "form", { novalidate: "" },
        make("label", { for: id("words") }, say.words), this.sentence, this.numbered,
        make("label", { for: id("heads") }, say.heads), this.given, this.problem,
        make("button", { type: "submit" }, say.use),
      );
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        this.take();
      });
      this.sentence.addEventListener("input", () => this.number());
      this.replaceChildren(
        this.picture,
        make(
          "div", { class: "arc-state" },
          make("div", {}, make("p", { id: id("stack") }, say.stack), this.stack),
          make("div", {}, make("p", { id: id("buffer") }, say.buffer), this.buffer),
        ),
        this.status,
        make("div", { class: "arc-buttons" }, ...Object.values(this.moves)),
        make(
          "div", { class: "arc-buttons" },
          button("u", say.undo, () => this.undo()),
          button("b", say.restart, () => this.restart()),
          button("o", say.one, () => {
            this.stop();
            this.follow();
          }),
          this.playing,
        ),
        make("details", {}, make("summary", {}, say.steps), this.scroll),
        make("details", { class: "arc-own" }, make("summary", {}, say.own), form),
      );
      this.setAttribute("role", "group");
      this.setAttribute("aria-label", say.parser);
      this.addEventListener("keydown", (event) => {
        if (event.ctrlKey || event.altKey || event.metaKey) return;
        if (event.target instanceof HTMLInputElement) return;
        const act = this.keys[event.key.toLowerCase()];
        if (!act) return;
        event.preventDefault();
        act();
      });
      for (const box of this.querySelectorAll("details")) {
        box.addEventListener("toggle", () => this.markScrollable());
      }
      addEventListener("resize", () => this.markScrollable());
    }

    // --- acting

    load(words, heads) {
      this.stop();
      this.heads = heads.length ? heads : null;
      this.crossing = this.heads && crossing(this.heads);
      this.states = [start(words)];
      this.taken = [];
      this.show([this.say.begin(words.length), this.crossing && this.sayCrossing()]);
    }

    move(transition) {
      const name = NAMES[transition];
      const before = this.state;
      try {
        this.states.push(step(before, transition));
      } catch (error) {
        if (!(error instanceof IllegalTransition)) throw error;
        const word = this.word(before.stack[before.stack.length - 1]);
        const names = legal(before).map((each) => NAMES[each]);
        this.show([this.say.needs[error.needs](name, word), this.say.legal(names)], true);
        return;
      }
      this.taken.push(transition);
      const { stack, arcs } = this.state;
      if (transition === "S") {
        this.show([this.say.shifted(this.word(stack[stack.length - 1])), ...this.judge(null)]);
      } else {
        const arc = arcs[arcs.length - 1];
        this.show([this.say.attached(name, this.word(arc[0]), this.word(arc[1])), ...this.judge(arc)]);
      }
    }

    // What is said of the way to the tree; of a question of the assignment, nothing.
    judge(arc) {
      const done = finished(this.state);
      if (!this.heads || this.refused) return done ? [this.say.finished] : [];
      if (done) {
        const right = this.state.arcs.filter((each) => isRight(each, this.heads)).length;
        const n = this.state.arcs.length;
        return [this.say.finished, right === n ? this.say.allRight : this.say.someRight(right, n)];
      }
      const said = arc && !isRight(arc, this.heads) ? [this.say.notInTree] : [];
      const lost = !this.crossing && oracle(this.state, this.heads) === null;
      return lost ? [...said, this.say.lost] : said;
    }

    undo() {
      this.stop();
      if (!this.taken.length) return this.show([this.say.nothingToUndo], true);
      this.states.pop();
      this.show([this.say.undone(NAMES[this.taken.pop()])]);
    }

    restart() {
      this.stop();
      this.states.length = 1;
      this.taken = [];
      this.show([this.say.begin(this.state.words.length)]);
    }

    // One step of the oracle; whether there was one.
    follow() {
      let why = null;
      if (this.refused) why = this.say.question;
      else if (!this.heads) why = this.say.noHeads;
      else if (this.crossing) why = this.sayCrossing();
      else if (finished(this.state)) why = this.say.finished;
      const next = why ? null : oracle(this.state, this.heads);
      if (!next) {
        this.show([why || this.say.lost], !finished(this.state));
        return false;
      }
      this.move(next);
      return true;
    }

    play() {
      // A second time from the end is from the start.
      if (finished(this.state)) this.restart();
      if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
        // Nothing moves of itself: all the steps are there at once.
        while (!finished(this.state) && this.follow());
        return;
      }
      if (!this.follow()) return;
      this.timer = setInterval(() => {
        if (!this.follow() || finished(this.state)) this.stop();
      }, PAUSE);
      this.label();
    }

    stop() {
      clearInterval(this.timer);
      this.timer = null;
      if (this.playing) this.label();
    }

    label() {
      this.playing.firstChild.textContent = this.timer ? this.say.pause : this.say.play;
    }

    // The reader's own sentence, if it is a tree.
    take() {
      const words = this.sentence.value.trim().split(/\s+/).filter(Boolean);
      const texts = this.given.value.trim().split(/[\s,;]+/).filter(Boolean);
      const heads = texts.map((text) => (/^\d{1,4}$/.test(text) ? Number(text) : NaN));
      let wrong = null;
      if (!words.length) wrong = { kind: "none" };
      else if (words.length > LONGEST) wrong = { kind: "long", n: LONGEST };
      else if (heads.length) wrong = problem(heads, words.length);
      if (wrong) {
        const about = wrong.words || (wrong.word ? [wrong.word] : []);
        wrong.names = about.map((i) => `${i} ${words[i - 1]}`).join(", ");
      }
      this.problem.textContent = wrong ? this.say.problems[wrong.kind](wrong) : "";
      this.given.toggleAttribute("aria-invalid", Boolean(wrong));
      if (!wrong) this.load(words, heads);
    }

    number() {
      const words = this.sentence.value.trim().split(/\s+/).filter(Boolean);
      this.numbered.textContent = ["0 ROOT", ...words.map((word, i) => `${i + 1} ${word}`)].join(" · ");
    }

    // --- showing

    word(place) {
      return place ? this.state.words[place - 1] : "ROOT";
    }

    arc(arc) {
      return `${this.word(arc[0])} → ${this.word(arc[1])}`;
    }

    sayCrossing() {
      return this.say.crossing(...this.crossing.map((arc) => this.arc(arc)));
    }

    show(sentences, warns = false) {
      const { stack, buffer } = this.state;
      const said = sentences.filter(Boolean);
      const empty = () => [make("li", { class: "arc-empty" }, this.say.empty)];
      const items = (places) => places.map((place) => make("li", {}, this.word(place)));
      this.stack.replaceChildren(...items(stack));
      this.buffer.replaceChildren(...(buffer.length ? items(buffer) : empty()));
      this.status.textContent = said.join(/^zh/i.test(document.documentElement.lang) ? "" : " ");
      this.status.classList.toggle("arc-warning", warns);
      const allowed = legal(this.state);
      for (const [transition, button] of Object.entries(this.moves)) {
        button.classList.toggle("arc-illegal", !allowed.includes(transition));
      }
      this.table.replaceChildren(
        ...this.states.map((state, i) => {
          const row = [String(i), state.stack, state.buffer, "", ""];
          row[1] = state.stack.map((place) => this.word(place)).join(" ");
          row[2] = state.buffer.map((place) => this.word(place)).join(" ");
          if (i) row[4] = NAMES[this.taken[i - 1]];
          if (i && this.taken[i - 1] !== "S") row[3] = this.arc(state.arcs[state.arcs.length - 1]);
          return make("tr", {}, ...row.map((text) => make("td", {}, text)));
        }),
      );
      this.picture.replaceChildren(this.drawing());
      this.markScrollable();
    }

    drawing() {
      const { words, arcs, stack, buffer } = this.state;
      const known = this.heads && !this.refused;
      const wrong = (arc) => known && !isRight(arc, this.heads);
      const x = [];
      let right = 8;
      for (const word of ["ROOT", ...words]) {
        const half = Math.max(width(word), 20) / 2;
        x.push(right + half);
        right += 2 * half + 18;
      }
      // As high as the whole tree needs, so that the page does not move with each arc.
      const whole = this.heads ? this.heads.map((head, i) => [head, i + 1]) : [];
      const top = Math.max(1, ...levels(arcs), ...levels(whole));
      const base = 22 + 18 * top;
      const id = `arc-standard-${this.key}-title`;
      const svg = draw("svg", {
        role: "img", "aria-labelledby": id, width: right, height: base + 46,
        viewBox: `0 0 ${right} ${base + 46}`,
      });
      const told = arcs.map((arc) => this.arc(arc) + (wrong(arc) ? ` (${this.say.wrong})` : ""));
      svg.append(draw("title", { id }, this.say.picture(told)));
      const level = levels(arcs);
      arcs.forEach((arc, i) => {
        const side = Math.sign(arc[1] - arc[0]);
        const [from, to] = [x[arc[0]] + 7 * side, x[arc[1]] - 2 * side];
        const peak = base - (4 / 3) * (10 + 18 * level[i]);
        const group = draw("g", { class: "arc" });
        if (wrong(arc)) group.classList.add("arc-wrong");
        if (i === arcs.length - 1 && this.taken[this.taken.length - 1] !== "S") group.classList.add("arc-new");
        group.append(
          draw("path", { d: `M${from},${base} C${from},${peak} ${to},${peak} ${to},${base}`, fill: "none", stroke: "currentColor", pathLength: 1 }),
          draw("path", { d: `M${to - 4},${base - 7} L${to + 4},${base - 7} L${to},${base + 1} Z`, fill: "currentColor" }),
        );
        svg.append(group);
      });
      ["ROOT", ...words].forEach((word, place) => {
        const where = stack.includes(place) ? "arc-on-stack" : buffer.includes(place) ? "arc-in-buffer" : "arc-done";
        svg.append(
          draw("text", { x: x[place], y: base + 20, "text-anchor": "middle", fill: "currentColor", class: where }, word),
          draw("text", { x: x[place], y: base + 38, "text-anchor": "middle", fill: "currentColor", class: "arc-number" }, String(place)),
        );
      });
      return svg;
    }

    // A box that scrolls can be reached by keyboard, and only while it does scroll.
    markScrollable() {
      for (const box of [this.picture, this.scroll]) {
        if (box.scrollWidth > box.clientWidth) box.setAttribute("tabindex", "0");
        else box.removeAttribute("tabindex");
      }
    }
  }

  customElements.define("arc-standard", ArcStandard);
})();
