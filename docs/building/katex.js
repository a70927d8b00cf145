// Sets formulas: one line of JSON in, {tex, display}; one line out, {html} or {error}.
"use strict";
const katex = require("katex");
const lines = require("node:readline").createInterface({ input: process.stdin });

lines.on("line", (line) => {
  const { tex, display } = JSON.parse(line);
  let answer;
  try {
    answer = {
      html: katex.renderToString(tex, {
        displayMode: display,
        output: "htmlAndMathml", // MathML is what a screen reader reads
        strict: "error",
        throwOnError: true,
        trust: false,
      }),
    };
  } catch (error) {
    answer = { error: error.message };
  }
  process.stdout.write(JSON.stringify(answer) + "\n");
});
