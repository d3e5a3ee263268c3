// What all figures share: the frame with its question and goal, handles and sliders, what is spoken, links, help.
// A figure is `export default figure({...})`; CONTRIBUTING.md says how to write one.

const SVG = "http://www.w3.org/2000/svg";
// A reader who drags hears the numbers once, when the hand rests.
const REST_MILLISECONDS = 600;

const STYLE = `
.fig { --ink: var(--color-foreground-primary, var(--jp-ui-font-color1, #1d1d1b)); --paper: var(--color-background-primary, var(--jp-layout-color1, #fffefb));
  --quiet: var(--color-foreground-secondary, var(--jp-ui-font-color2, #4f4d48)); --line: var(--color-background-border, var(--jp-border-color1, #dcd8cd));
  --first: var(--color-brand-primary, #1a5a8e); --second: var(--color-accent, #a34700);
  color: var(--ink); font: 0.875rem/1.45 system-ui, sans-serif; border-block: 1px solid var(--line); padding-block: 0.75rem; text-align: left; }
.fig * { box-sizing: border-box; }
.fig svg { display: block; width: 100%; max-width: 34rem; margin: 0 auto; overflow: visible; touch-action: pan-y; font: inherit; }
.fig svg text { fill: currentColor; }
.fig .handle { cursor: grab; }
.fig .handle .target { fill: transparent; }
.fig :is(button, select, input, summary, .handle):focus-visible { outline: 2px solid var(--first); outline-offset: 2px; }
.fig .row { display: flex; flex-wrap: wrap; gap: 0.4rem 0.75rem; align-items: center; margin-block: 0.5rem; }
.fig :is(button, select, input) { font: inherit; color: inherit; min-height: 2rem; }
.fig :is(button, select, input[type=text], input[type=number]) { background: var(--paper); border: 1px solid var(--quiet); border-radius: 4px; padding: 0.2rem 0.6rem; }
.fig input:is([type=radio], [type=checkbox]) { min-height: 0; width: 1.5rem; height: 1.5rem; margin: 0 0.4rem 0 0; flex: none; accent-color: var(--first); vertical-align: middle; }
.fig input[type=range] { accent-color: var(--first); flex: 1 1 9rem; min-width: 7rem; height: 1.75rem; }
.fig label { display: inline-flex; align-items: center; gap: 0.4rem; max-width: 100%; min-height: 1.75rem; }
.fig select { min-width: 0; max-width: 100%; }
.fig label.wide { flex: 1 1 16rem; }
.fig fieldset { border: 0; margin: 0 0 0.5rem; padding: 0; }
.fig legend { font-weight: 700; padding: 0; margin-bottom: 0.25rem; }
.fig .readouts { display: grid; grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); gap: 0.15rem 1rem; margin: 0.5rem 0; }
.fig .readouts > div { display: flex; gap: 0.5rem; justify-content: space-between; border-bottom: 1px dotted var(--line); padding-inline: 0.2rem; }
.fig :is(dt, dd) { margin: 0; font-weight: 400; } .fig dd { font-variant-numeric: tabular-nums; text-align: right; }
.fig .goal { margin: 0.5rem 0; } .fig .goal.reached { font-weight: 700; }
.fig .lit, [data-ties].lit { background: #fdf3cf; color: #1d1d1b; outline: 2px solid #a34700; border-radius: 2px; }
.fig svg .lit { outline: none; filter: drop-shadow(0 0 3px #f0a35e) drop-shadow(0 0 1px #a34700); }
[data-ties] { border-bottom: 2px dotted currentColor; cursor: help; }
.fig dialog { color: var(--ink); background: var(--paper); border: 2px solid var(--quiet); max-width: min(34rem, 90vw); padding: 1rem 1.25rem; }
.fig dialog::backdrop { background: rgb(0 0 0 / 0.4); }
.fig dialog h2 { font-size: 1rem; margin: 0 0 0.5rem; border: 0; padding: 0; }
.fig .spoken { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.fig [hidden] { display: none !important; }
`;

/**
 * An element of HTML, or of SVG if its name begins with "svg:".
 *
 * @param {string} name
 * @param {object} [attributes] text is the text inside, a name with "on" before it a listener
 * @param {...(Node|string)} inside
 */
export function make(name, attributes = {}, ...inside) {
  const node = name.startsWith("svg:") ? document.createElementNS(SVG, name.slice(4)) : document.createElement(name);
  put(node, attributes);
  node.append(...inside);
  return node;
}

/** Set attributes as `make` does; one that is null or false is taken away. */
export function put(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "text") node.textContent = value;
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === null || value === false) node.removeAttribute(name);
    else node.setAttribute(name, value === true ? "" : typeof value === "number" ? tidy(value) : value);
  }
  return node;
}

const tidy = (value) => String(Math.round(value * 100) / 100);

/** A number for readers: a few digits, a proper minus, no negative zero. */
export function show(value, digits = 2) {
  if (!Number.isFinite(value)) return value > 0 ? "∞" : value < 0 ? "−∞" : "none";
  const written = Math.abs(value) >= 1e5 || (value !== 0 && Math.abs(value) < 10 ** -digits / 2) ? value.toExponential(digits) : value.toFixed(digits);
  return (Number(written) === 0 ? written.replace("-", "") : written).replaceAll("-", "−");
}

/** The number that a reader typed, also as a fraction such as -3/4 or with a comma; NaN if it is none. */
export function parse(text) {
  const written = text.trim().replace("−", "-").replace(",", ".");
  const found = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)(?:\s*\/\s*(\d+\.?\d*|\.\d+))?$/i.exec(written);
  return found ? Number(found[1]) / (found[2] === undefined ? 1 : Number(found[2])) : NaN;
}

/** Whether `value` has the form of `like` and, if that is an array, the lengths in `lengths` (null: any up to 64). */
export function fits(value, like, lengths = []) {
  if (!Array.isArray(like)) return typeof value === typeof like && (typeof value !== "number" || Number.isFinite(value));
  if (!Array.isArray(value) || !like.length) return Array.isArray(value) && value.length === 0;
  const [length, ...below] = lengths;
  if (length == null ? value.length < 1 || value.length > 64 : value.length !== length) return false;
  return value.every((entry) => fits(entry, like[0], below) && (!Array.isArray(entry) || entry.length === value[0].length));
}

/** What of `given`, which anybody may have written, a figure takes: known names, values of the right form and range. */
export function accept(spec, given) {
  const taken = {};
  for (const [key, like] of Object.entries(spec.state)) {
    if (given === null || typeof given !== "object" || !Object.hasOwn(given, key)) continue;
    const value = given[key];
    const allowed = spec.allowed?.[key];
    if (!fits(value, like, spec.lengths?.[key])) continue;
    if (Array.isArray(allowed) && !allowed.includes(value)) continue;
    const largest = spec.largest?.[key] ?? 1e6;
    const numbers = [value].flat(3).filter((entry) => typeof entry === "number");
    if (numbers.every((entry) => Math.abs(entry) <= largest)) taken[key] = value;
  }
  return taken;
}

/** A figure in the form of an anywidget module. */
export function figure(spec) {
  return { spec, render: ({ model, el }) => mount(spec, model, el) };
}

function mount(spec, model, el) {
  const hidden = new Set(model.get("hidden") ?? []);
  const fixed = new Set(model.get("fixed") ?? []);
  const read = () => Object.fromEntries(Object.keys(spec.state).map((key) => [key, model.get(key) ?? spec.state[key]]));
  const start = read();

  const summary = make("p", { class: "spoken" });
  const status = make("p", { class: "spoken", role: "status" });
  const stage = make("div", { class: "stage" });
  const controls = make("div");
  const readouts = make("dl", { class: "readouts" });
  const root = make("div", { class: "fig", role: "group", "aria-label": spec.title });
  const refreshers = [];
  const outputs = new Map();

  let pending = false;
  let rest;
  function refresh() {
    pending = false;
    const view = spec.compute(read());
    for (const one of refreshers) one(view);
    for (const [part, { value, output }] of outputs) output.textContent = value(view, part);
    summary.textContent = spec.summary(view);
    goal.check(view);
  }
  const changed = () => {
    if (!pending) requestAnimationFrame(refresh);
    pending = true;
    clearTimeout(rest);
    rest = setTimeout(() => speak(), REST_MILLISECONDS);
  };
  function speak(text = spec.summary(spec.compute(read()))) {
    status.textContent = text;
  }
  /** Give the state new values; what is fixed stays. */
  function change(values) {
    for (const [key, value] of Object.entries(accept(spec, values))) if (!fixed.has(key)) model.set(key, value);
    model.save_changes();
    changed();
  }
  for (const key of Object.keys(spec.state)) model.on(`change:${key}`, changed);

  const kit = {
    root, stage, controls, change, speak,
    state: read,
    /** Call `update` with what `compute` returns, now and after every change. */
    onView: (update) => refreshers.push(update),
    /** A line in the list of values; `part` ties it to the figure and to words of the text. */
    readout(part, label, value) {
      const output = make("dd");
      readouts.append(make("div", { "data-part": part }, make("dt", { text: label }), output));
      outputs.set(part, { value, output });
    },
    /** A button; `keys` are the parts of the state that it changes. */
    button(text, act, keys = []) {
      return make("button", { type: "button", text, onclick: act, disabled: keys.some((key) => fixed.has(key)) });
    },
    row(name, ...inside) {
      const row = make("div", { class: "row", hidden: hidden.has(name) }, ...inside);
      controls.append(row);
      return row;
    },
    /** A slider for the part `key` of the state. */
    slider(key, { label, min, max, step, text = (value) => show(value) }) {
      const input = make("input", { type: "range", min: String(min), max: String(max), step: String(step), disabled: fixed.has(key) });
      const output = make("output");
      input.addEventListener("input", () => change({ [key]: Number(input.value) }));
      kit.onView((view) => {
        const value = read()[key];
        if (document.activeElement !== input || Number(input.value) !== value) input.value = value;
        output.textContent = text(value, view);
        input.setAttribute("aria-valuetext", output.textContent);
      });
      return make("label", { class: "wide" }, make("span", { text: label }), input, output);
    },
    /** A list to choose the part `key` of the state from: pairs of value and text. */
    choice(key, label, options) {
      const select = make("select", { disabled: fixed.has(key) }, ...options.map(([value, text]) => make("option", { value, text })));
      select.addEventListener("change", () => change({ [key]: select.value }));
      kit.onView(() => (select.value = read()[key]));
      return make("label", {}, make("span", { text: label }), select);
    },
    /** A box to tick for the part `key` of the state. */
    tick(key, label) {
      const input = make("input", { type: "checkbox", disabled: fixed.has(key) });
      input.addEventListener("change", () => change({ [key]: input.checked }));
      kit.onView(() => (input.checked = read()[key]));
      return make("label", {}, input, make("span", { text: label }));
    },
    /**
     * A point that is dragged, or moved by the arrows (Shift: ten steps), Home and End (to the ends, with Ctrl up and down).
     *
     * @param {object} of part, label; at(view) -> [x, y]; move(x, y) -> values of the state; plane; step; key, its part of the state
     */
    handle({ part, label, at, move, plane, step = 0.1, key, colour = "var(--first)" }) {
      const knob = make("svg:circle", { class: "knob", r: 7, fill: colour, stroke: "var(--paper)", "stroke-width": 2 });
      const node = make(
        "svg:g",
        { class: "handle", tabindex: "0", role: "slider", "aria-label": label, "aria-roledescription": "point", "data-part": part },
        make("svg:circle", { class: "target", r: 22 }),
        knob,
      );
      const to = (x, y) => change(move(...plane.within(x, y)));
      if (fixed.has(key)) put(node, { tabindex: null, "aria-disabled": "true" });
      else {
        node.addEventListener("pointerdown", (event) => {
          if (event.button) return;
          node.setPointerCapture(event.pointerId);
          node.focus();
          event.preventDefault();
        });
        // Browsers heed touch-action at the whole drawing only: without this, the page scrolls off with a finger that drags up or down.
        node.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false });
        node.addEventListener("pointermove", (event) => {
          if (node.hasPointerCapture(event.pointerId)) to(...plane.from(event));
        });
        node.addEventListener("keydown", (event) => {
          const far = event.shiftKey ? 10 * step : step;
          // Keys may come faster than drawings.
          const [x, y] = at(spec.compute(read()));
          const { left, right, bottom, top } = plane;
          const ends = event.ctrlKey ? { Home: [x, top], End: [x, bottom] } : { Home: [left, y], End: [right, y] };
          const target = { ArrowLeft: [x - far, y], ArrowRight: [x + far, y], ArrowUp: [x, y + far], ArrowDown: [x, y - far], ...ends }[event.key];
          if (!target) return;
          event.preventDefault();
          to(...target.map((value) => Math.round(value / step) * step));
        });
      }
      kit.onView((view) => {
        const place = at(view);
        const text = `${show(place[0])}, ${show(place[1])}`;
        put(node, { transform: `translate(${tidy(plane.x(place[0]))} ${tidy(plane.y(place[1]))})`, "aria-valuetext": text });
        put(node, { "aria-valuenow": place[0], "aria-valuemin": plane.left, "aria-valuemax": plane.right });
      });
      return node;
    },
  };

  const goal = makeGoal(spec, (text) => speak(`Goal reached: ${text}`));
  const help = makeHelp(spec);
  const tools = make(
    "div",
    { class: "row tools", hidden: hidden.has("tools") },
    kit.button("Reset", () => change({ ...spec.state, ...start })),
    kit.button("Copy link", async () => {
      const address = new URL(location.href);
      address.hash = `${spec.name}=${encodeURIComponent(JSON.stringify(read()))}`;
      const copied = await navigator.clipboard?.writeText(address.href).then(() => true, () => false);
      if (!copied) history.replaceState(null, "", address);
      speak(copied ? "Link to this state copied" : "The link stands in the address of the page");
    }),
    kit.button("Speak values", () => speak()),
    kit.button("Help", () => help.showModal()),
  );
  root.addEventListener("keydown", (event) => {
    if (event.target.closest("input, select, textarea, dialog") || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "s") speak();
    if (event.key === "?") help.showModal();
  });

  spec.build(kit);
  root.append(make("style", { text: STYLE }), summary);
  if (!hidden.has("question")) root.append(makeQuestion(spec, () => speak()));
  root.append(stage, controls, readouts);
  if (!hidden.has("goal")) root.append(goal.node);
  root.append(tools, help, status);
  el.replaceChildren(root);
  tie(spec.name, root);
  refresh();
  return () => {
    clearTimeout(rest);
    root.remove();
  };
}

/** A question before anything is moved. The guess stays in the browser, and what holds is told after it. */
function makeQuestion({ name, question }, committed) {
  const store = `svd-book-guess-${name}`;
  const legend = make("legend", { text: question.ask });
  const set = make("fieldset", {}, legend);
  const answer = make("p", { role: "status" });
  const tell = (guess) => {
    const right = guess === question.answer;
    answer.textContent = `You guessed: ${question.options[guess]}. ${right ? "That is right." : `It is: ${question.options[question.answer]}.`} ${question.because}`;
  };
  for (const [number, option] of question.options.entries()) {
    const input = make("input", { type: "radio", name: store, value: String(number) });
    set.append(make("div", {}, make("label", {}, input, option)));
  }
  const form = make("form", { class: "question" }, set, make("button", { text: "Commit the guess, then move" }), answer);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const chosen = form.querySelector("input:checked");
    if (!chosen) {
      answer.textContent = "Choose an answer first: a guess that is wrong teaches more than none.";
      return;
    }
    keep(store, chosen.value);
    tell(Number(chosen.value));
    committed();
  });
  const kept = kept_(store);
  if (kept !== null && question.options[Number(kept)] !== undefined) {
    set.querySelectorAll("input")[Number(kept)].checked = true;
    tell(Number(kept));
  }
  return form;
}

// Where the storage is denied, a guess lasts as long as the page.
function keep(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch {}
}
function kept_(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

function makeGoal({ goal }, reached) {
  const words = make("span");
  const node = make("p", { class: "goal" }, make("strong", { text: "Goal: " }), words);
  // A figure may begin where its goal is reached; only who moves reaches it.
  let done = true;
  const check = (view) => {
    const text = goal.text(view);
    const now = goal.reached(view);
    node.classList.toggle("reached", now);
    words.textContent = `${text} ${now ? "✓ reached" : `(now ${goal.now(view)})`}`;
    if (now && !done) reached(text);
    done = now;
  };
  return { node, check };
}

function makeHelp({ title, tries, keys }) {
  const shared = [
    ["Tab", "to the next handle or control"],
    ["Arrows", "move a handle or slider; with Shift ten steps at once"],
    ["Home, End", "to the left and right end; with Ctrl to the top and bottom"],
    ["s", "speak the values"],
    ["?", "this help"],
    ["Escape", "close it"],
  ];
  const close = make("button", { text: "Close" });
  const dialog = make("dialog", { "aria-label": `Help: ${title}` }, make("h2", { text: "What to try" }));
  dialog.append(make("ul", {}, ...tries.map((text) => make("li", { text }))), make("h2", { text: "Keys" }));
  dialog.append(make("ul", {}, ...[...shared, ...(keys ?? [])].map(([key, does]) => make("li", {}, make("kbd", { text: key }), ` ${does}`))));
  dialog.append(make("form", { method: "dialog" }, close));
  return dialog;
}

/** Light up the part of the figure that a word of the text names, and back. */
function tie(name, root) {
  const words = (part) => document.querySelectorAll(`[data-ties="${CSS.escape(name)}.${CSS.escape(part)}"]`);
  const parts = (part) => root.querySelectorAll(`[data-part="${CSS.escape(part)}"]`);
  const light = (part, on) => {
    for (const node of [...words(part), ...parts(part)]) node.classList.toggle("lit", on);
  };
  const tied = [...document.querySelectorAll("[data-ties]")].filter((word) => word.dataset.ties.startsWith(`${name}.`));
  for (const [enter, leave] of [["pointerover", "pointerout"], ["focusin", "focusout"]]) {
    for (const [kind, on] of [[enter, true], [leave, false]]) {
      root.addEventListener(kind, (event) => {
        const part = event.target.closest("[data-part]")?.dataset.part;
        if (part) light(part, on);
      });
      for (const word of tied) word.addEventListener(kind, () => light(word.dataset.ties.slice(name.length + 1), on));
    }
  }
}

/**
 * A drawing with coordinates as in mathematics, y upwards.
 *
 * @param {object} of left, right, bottom, top of what is seen; width in pixels of the drawing; label
 */
export function plane({ left, right, bottom, top, width = 400, label }) {
  const unit = width / (right - left);
  const height = unit * (top - bottom);
  const svg = make("svg:svg", { viewBox: `0 0 ${tidy(width)} ${tidy(height)}`, role: "group", "aria-label": label });
  return {
    svg, left, right, bottom, top, unit, width, height,
    x: (x) => (x - left) * unit,
    y: (y) => (top - y) * unit,
    within: (x, y) => [Math.min(right, Math.max(left, x)), Math.min(top, Math.max(bottom, y))],
    from(event) {
      const box = svg.getBoundingClientRect();
      return [left + ((event.clientX - box.left) / box.width) * (right - left), top - ((event.clientY - box.top) / box.height) * (top - bottom)];
    },
    /** The attribute d of a path through points. */
    path(points, closed = false) {
      return `M${points.map(([x, y]) => `${tidy((x - left) * unit)} ${tidy((top - y) * unit)}`).join("L")}${closed ? "Z" : ""}`;
    },
    /** An arrow from the origin, or from `start`; update(tip) moves it. */
    arrow({ colour, part, weight = 2.5, dash = null }) {
      const shaft = make("svg:path", { fill: "none", stroke: colour, "stroke-width": weight, "stroke-dasharray": dash });
      const head = make("svg:path", { fill: colour });
      const node = make("svg:g", { "data-part": part }, shaft, head);
      const update = ([x, y], [x0, y0] = [0, 0]) => {
        const [a, b, c, d] = [(x0 - left) * unit, (top - y0) * unit, (x - left) * unit, (top - y) * unit];
        const length = Math.hypot(c - a, d - b);
        const size = Math.min(10, length);
        const [u, v] = length ? [(c - a) / length, (d - b) / length] : [0, 0];
        put(shaft, { d: `M${tidy(a)} ${tidy(b)}L${tidy(c - 0.8 * size * u)} ${tidy(d - 0.8 * size * v)}` });
        const [p, q] = [c - size * u, d - size * v];
        put(head, { d: `M${tidy(c)} ${tidy(d)}L${tidy(p - 0.4 * size * v)} ${tidy(q + 0.4 * size * u)}L${tidy(p + 0.4 * size * v)} ${tidy(q - 0.4 * size * u)}Z` });
      };
      return { node, update };
    },
  };
}
