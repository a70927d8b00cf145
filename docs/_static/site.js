// A box that scrolls can be reached by keyboard, and only while it does scroll.
"use strict";

function markScrollable() {
  for (const box of document.querySelectorAll(".formula, .drawing, pre, .table-wrapper")) {
    if (box.scrollWidth > box.clientWidth) box.setAttribute("tabindex", "0");
    else box.removeAttribute("tabindex");
  }
}

addEventListener("load", markScrollable);
addEventListener("resize", markScrollable);
