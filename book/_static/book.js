// What pages do beyond HTML. Without it they read as well; only the theme and the copy buttons are missing.
"use strict";

// A click goes to the other of light and dark first, then back to what the system says.
for (const button of document.querySelectorAll(".theme-toggle")) {
  button.addEventListener("click", () => {
    const dark = matchMedia("(prefers-color-scheme: dark)").matches;
    const order = dark ? ["auto", "light", "dark"] : ["auto", "dark", "light"];
    const next = order[(order.indexOf(document.body.dataset.theme) + 1) % 3];
    document.body.dataset.theme = next;
    localStorage.setItem("theme", next);
    announce(`Theme: ${next === "auto" ? "as your system" : next}`);
  });
}

// A line that screen readers speak.
const status = document.body.appendChild(document.createElement("div"));
status.className = "visually-hidden";
status.setAttribute("role", "status");
function announce(text) {
  status.textContent = text;
}

// Menu and contents are checkboxes, so that they open without a script; Enter and Escape are added here.
const drawers = [...document.querySelectorAll(".sidebar-toggle")];
function show(drawer, open) {
  for (const one of drawers) one.checked = open && one === drawer;
  // The keyboard must not get lost behind an open drawer.
  const parts = document.querySelectorAll(".skip-to-content, .sidebar-toggle, .mobile-header, .content, .sidebar-drawer, .toc-drawer");
  for (const part of parts) part.inert = open && part !== drawer && part.id !== drawer.getAttribute("aria-controls");
}
for (const drawer of drawers) {
  drawer.addEventListener("change", () => show(drawer, drawer.checked));
  drawer.addEventListener("keydown", (event) => {
    if (event.key === "Enter") drawer.click();
  });
}
document.addEventListener("keydown", (event) => {
  const open = drawers.find((drawer) => drawer.checked);
  if (event.key === "Escape" && open) {
    show(open, false);
    open.focus();
  }
  if (event.key === "k" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    const search = document.querySelector("main input[type=search]") || document.querySelector(".sidebar-search");
    const menu = document.getElementById("__navigation");
    if (!search.closest("main") && getComputedStyle(menu).display !== "none") show(menu, true);
    search.focus();
  }
});
for (const link of document.querySelectorAll(".toc-tree a")) {
  link.addEventListener("click", () => show(document.getElementById("__toc"), false));
}

// A link into a fold opens it.
function openFold() {
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  for (let fold = target.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  if (target.closest("details")) target.scrollIntoView();
}
addEventListener("hashchange", openFold);
openFold();

// All solutions come when the first fold is opened. From a folder they cannot be fetched, and the link to their page stays.
let solutions;
document.addEventListener("toggle", (event) => {
  const link = event.target.open && event.target.querySelector(":scope > .elsewhere > a");
  if (link) solutions ??= bringSolutions(link.href);
}, true);
async function bringSolutions(address) {
  const answer = await fetch(address).catch(() => null);
  if (!answer?.ok) {
    solutions = null;
    return;
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const place of document.querySelectorAll("details.solution > .elsewhere")) {
    const fold = place.parentElement;
    const solution = page.getElementById(fold.id);
    solution.querySelector("h2").remove();
    for (const [number, code] of solution.querySelectorAll(".highlight pre").entries()) {
      const button = document.querySelector("button.copybtn").cloneNode(true);
      code.id = `${solution.id}-code-${number}`;
      button.dataset.clipboardTarget = `#${code.id}`;
      code.after(button);
    }
    place.replaceWith(...solution.childNodes);
    watchWidths(fold);
  }
}

// On paper there is nothing to click: proofs are printed open, the code of figures stays folded.
let opened = [];
addEventListener("beforeprint", () => {
  opened = [...document.querySelectorAll("details:is(.proof, .answer), section.solution details")].filter((fold) => !fold.open);
  for (const fold of opened) fold.open = true;
});
addEventListener("afterprint", () => {
  for (const fold of opened) fold.open = false;
});

// What is wider than its box is reached by the keyboard, and only that.
const boxes = [
  [".formula", "Formula"],
  [".table-wrapper", "Table"],
  [".highlight pre", "Code"],
  [".output pre", "Output"],
];
const resized = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const scrolls = target.scrollWidth > target.clientWidth + 1;
    target.toggleAttribute("tabindex", scrolls);
    if (scrolls) {
      target.tabIndex = 0;
      target.setAttribute("role", "group");
      target.setAttribute("aria-label", boxes.find(([selector]) => target.matches(selector))[1]);
    } else {
      target.removeAttribute("role");
      target.removeAttribute("aria-label");
    }
  }
});
function watchWidths(part) {
  for (const [selector] of boxes) {
    for (const box of part.querySelectorAll(selector)) resized.observe(box);
  }
}
watchWidths(document);

// The contents of the page show where the reader is.
const links = new Map(
  [...document.querySelectorAll(".toc-tree a")].map((link) => [document.getElementById(decodeURIComponent(link.hash.slice(1))), link]),
);
const inView = new Set();
const spy = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) inView[isIntersecting ? "add" : "delete"](target);
  const current = [...links.keys()].filter((section) => inView.has(section)).pop();
  if (!current) return;
  for (const [section, link] of links) {
    if (section === current) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}, { rootMargin: "-10% 0px -70% 0px" });
for (const section of links.keys()) if (section) spy.observe(section);

// A copied selection holds each formula once, as TeX; one that is selected in part is copied whole.
function formulaOf(node) {
  return (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement).closest("span.math, div.math");
}
document.addEventListener("copy", (event) => {
  const selection = getSelection();
  if (selection.isCollapsed) return;
  const range = selection.getRangeAt(0).cloneRange();
  const [first, last] = [formulaOf(range.startContainer), formulaOf(range.endContainer)];
  if (first) range.setStartBefore(first);
  if (last) range.setEndAfter(last);
  const copied = document.createElement("div");
  copied.append(range.cloneContents());
  const formulas = copied.querySelectorAll("math");
  if (!formulas.length) return;
  for (const formula of formulas) {
    const dollars = formula.getAttribute("display") === "block" ? "$$" : "$";
    // Of a formula that is broken into pieces the first one has the TeX.
    formula.replaceWith(formula.dataset.tex ? dollars + formula.dataset.tex + dollars : "");
  }
  // Outside of the page innerText would not know where paragraphs end.
  copied.className = "visually-hidden";
  document.body.append(copied);
  event.clipboardData.setData("text/plain", copied.innerText);
  event.clipboardData.setData("text/html", copied.innerHTML);
  copied.remove();
  event.preventDefault();
});
