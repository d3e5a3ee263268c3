// A 2 x 2 matrix turns the unit circle into an ellipse: the SVD as rotation, stretching, rotation.

import { dot, norm, svd } from "./algebra.mjs";
import { figure, make, parse, plane, put, show } from "./kernel.mjs";

const PRESETS = {
  "A of the chapter": [[2, 0], [3, 2]],
  identity: [[1, 0], [0, 1]],
  "diag(2, 0.5)": [[2, 0], [0, 0.5]],
  shear: [[1, 1], [0, 1]],
  rotation: [[0.8, -0.6], [0.6, 0.8]],
  reflection: [[0.6, 0.8], [0.8, -0.6]],
  "rank one": [[1, 2], [0.5, 1]],
};
const CIRCLE = Array.from({ length: 121 }, (_, i) => [Math.cos((i * Math.PI) / 60), Math.sin((i * Math.PI) / 60)]);
const STAGES = ["nothing yet", "Vᵀ turned", "Σ stretched", "U turned: the whole of A"];
const MILLISECONDS_FOR_A_STAGE = 1500;

const times = (A, [x, y]) => A.map(([a, b]) => a * x + b * y);
const degrees = (angle) => (angle * 180) / Math.PI;
const turn = (angle) => [[Math.cos(angle), -Math.sin(angle)], [Math.sin(angle), Math.cos(angle)]];
const column = (A, j) => A.map((row) => row[j]);

/** The SVD with a rotation V, so that it can be turned into place; U is a reflection where det A is negative. */
function decompose(A) {
  const { U, s, V } = svd(A);
  if (V[0][0] * V[1][1] < V[0][1] * V[1][0]) for (const Q of [U, V]) for (const row of Q) row[1] = -row[1];
  return { U, s, V };
}

/** What of the three factors is carried out at the time t from 0 to 3, as a map of the plane. */
function carriedOut({ U, s, V }, t) {
  const [first, second, third] = [0, 1, 2].map((begin) => Math.min(1, Math.max(0, t - begin)));
  const back = turn(-Math.atan2(V[1][0], V[0][0]) * first);
  const stretch = s.map((sigma) => 1 + (sigma - 1) * second);
  const forth = turn(Math.atan2(U[1][0], U[0][0]) * third);
  const mirror = U[0][0] * U[1][1] < U[0][1] * U[1][0] ? 1 - 2 * third : 1;
  return (point) => {
    const [x, y] = times(back, point);
    return times(forth, [stretch[0] * x, mirror * stretch[1] * y]);
  };
}

function compute({ matrix, time, mode, angle }) {
  const { U, s, V } = decompose(matrix);
  const pair = [column(turn((angle * Math.PI) / 180), 0), column(turn((angle * Math.PI) / 180), 1)];
  const images = pair.map((point) => times(matrix, point));
  const lengths = images.map(norm);
  const cosine = lengths[0] && lengths[1] ? dot(...images) / (lengths[0] * lengths[1]) : 0;
  const determinant = matrix[0][0] * matrix[1][1] - matrix[0][1] * matrix[1][0];
  return {
    matrix, time, mode, angle, U, s, V, pair, images, determinant,
    between: degrees(Math.acos(Math.min(1, Math.max(-1, cosine)))),
    // Below some units of rounding it counts as zero.
    condition: s[1] > 4e-16 * s[0] ? s[0] / s[1] : Infinity,
    tied: s[0] - s[1] <= 1e-12 * s[0],
    map: carriedOut({ U, s, V }, time),
  };
}

function summary(view) {
  const { matrix, s, condition, determinant, mode, angle, between, tied, time } = view;
  const entries = matrix.map((row) => row.map((entry) => show(entry)).join(", ")).join("; ");
  const values = `Matrix ${entries}. Singular values ${show(s[0])} and ${show(s[1])}, condition number ${show(condition)}, determinant ${show(determinant)}.`;
  const tie = tied ? " The two values are equal: the image is a circle, and every orthonormal pair is a pair of singular vectors." : "";
  const hunt = `The pair is turned by ${show(angle, 0)} degrees; its images meet at ${show(between, 1)} degrees.`;
  return mode === "hunt" ? `${hunt} ${values}${tie}` : `${values}${tie} Carried out: ${STAGES[Math.round(time)]}.`;
}

function build({ stage, row, button, slider, choice, handle, readout, onView, change, state }) {
  const view = plane({ left: -4.5, right: 4.5, bottom: -4, top: 4, label: "Unit circle and its image" });
  const axes = make("svg:path", { d: view.path([[-4.5, 0], [4.5, 0]]) + view.path([[0, -4], [0, 4]]), stroke: "var(--line)", "stroke-width": 1.5 });
  const circle = make("svg:path", { d: view.path(CIRCLE, true), fill: "none", stroke: "var(--quiet)", "stroke-dasharray": "4 4", "stroke-width": 1.5 });
  const ellipse = make("svg:path", { fill: "var(--first)", "fill-opacity": 0.12, stroke: "var(--ink)", "stroke-width": 2, "data-part": "ellipse" });
  const colours = ["var(--first)", "var(--second)"];
  const inputs = colours.map((colour, j) => view.arrow({ colour, part: `v${j + 1}`, weight: 1.5, dash: "5 3" }));
  const outputs = colours.map((colour, j) => view.arrow({ colour, part: `sigma${j + 1}` }));
  const letters = [...colours, ...colours].map((_, j) => make("svg:text", { "font-style": "italic", "text-anchor": "middle", "dominant-baseline": "middle", "data-part": `${j < 2 ? "v" : "sigma"}${(j % 2) + 1}` }));
  view.svg.append(axes, circle, ellipse, ...inputs.map((arrow) => arrow.node), ...outputs.map((arrow) => arrow.node), ...letters);

  const columns = [0, 1].map((j) =>
    handle({
      part: `column${j + 1}`, plane: view, key: "matrix", colour: "var(--ink)",
      label: `Image of e${j + 1}, column ${j + 1} of A`,
      at: ({ matrix }) => column(matrix, j),
      move: (x, y) => ({ time: 3, matrix: state().matrix.map((old, i) => old.map((entry, l) => (l === j ? [x, y][i] : entry))) }),
    }),
  );
  const names = [0, 1].map((j) => make("svg:text", { text: `Ae${"₁₂"[j]}`, "font-style": "italic", "data-part": `column${j + 1}` }));
  const pair = handle({
    part: "pair", label: "First vector of the pair", plane: view, key: "angle", colour: colours[0],
    at: ({ pair }) => pair[0],
    move: (x, y) => ({ angle: (Math.round(degrees(Math.atan2(y, x)) * 2) / 2 + 360) % 180 }),
  });
  // The arrows turn the pair instead of moving its point.
  pair.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: 0.5, ArrowUp: 0.5, ArrowRight: -0.5, ArrowDown: -0.5 }[event.key];
    const to = { Home: 0, End: 179.5 }[event.key];
    if (by === undefined && to === undefined) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    change({ angle: to ?? (state().angle + by * (event.shiftKey ? 10 : 1) + 180) % 180 });
  }, true);
  view.svg.append(...columns, ...names, pair);
  stage.append(view.svg);

  const fields = [0, 1].map((i) => [0, 1].map((j) => {
    const input = make("input", { type: "text", inputmode: "text", size: "5", "aria-label": `Row ${i + 1}, column ${j + 1} of A` });
    input.addEventListener("change", () => {
      const value = parse(input.value);
      const right = Math.abs(value) <= 1000;
      input.setAttribute("aria-invalid", String(!right));
      message.textContent = right ? "" : "An entry is a number such as 1.5 or a fraction such as −3/4, at most 1000 in size.";
      if (right) change({ matrix: state().matrix.map((old, k) => old.map((entry, l) => (k === i && l === j ? value : entry))) });
    });
    onView(({ matrix }) => {
      if (document.activeElement !== input || !Number.isNaN(parse(input.value))) input.value = show(matrix[i][j], 3).replace(/\.?0+$/, "");
    });
    return input;
  }));
  const message = make("p", { role: "status" });
  row("matrix", make("span", { text: "A =" }), make("span", { class: "entries", style: "display:inline-grid;grid-template-columns:auto auto;gap:2px" }, ...fields.flat()),
    ...Object.entries(PRESETS).map(([name, matrix]) => button(name, () => change({ matrix, time: 3 }), ["matrix"])), message);

  let player;
  const stop = () => {
    cancelAnimationFrame(player);
    player = undefined;
  };
  const play = () => {
    if (player !== undefined) return stop();
    // Who wants no motion sees the four states one after the other.
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return change({ time: (Math.floor(state().time) + 1) % 4 });
    const begin = performance.now() - (state().time < 3 ? state().time : 0) * MILLISECONDS_FOR_A_STAGE;
    const frame = (now) => {
      change({ time: Math.min(3, (now - begin) / MILLISECONDS_FOR_A_STAGE) });
      if (state().time < 3 && view.svg.isConnected) player = requestAnimationFrame(frame);
      else stop();
    };
    player = requestAnimationFrame(frame);
  };
  const steps = row("time", button("Play", play, ["time"]), slider("time", { label: "Carried out", min: 0, max: 3, step: 0.05, text: (time) => STAGES[Math.floor(time + 1e-9)] }));
  const turning = row("angle", slider("angle", { label: "Turn of the pair", min: 0, max: 179.5, step: 0.5, text: (angle) => `${show(angle, 1)}°` }));
  row("mode", choice("mode", "Show", [["map", "circle to ellipse"], ["hunt", "the hunt: two images at a right angle"]]));

  readout("sigma1", "σ₁", ({ s }) => show(s[0], 3));
  readout("sigma2", "σ₂", ({ s }) => show(s[1], 3));
  readout("kappa", "κ = σ₁/σ₂", ({ condition }) => show(condition, 2));
  readout("determinant", "det A", ({ determinant }) => show(determinant, 3));
  for (const j of [0, 1]) {
    const index = "₁₂"[j];
    readout(`v${j + 1}`, `v${index}`, ({ V, tied }) => (tied ? "any" : column(V, j).map((entry) => show(entry)).join(", ")));
    readout(`u${j + 1}`, `u${index}`, ({ U, tied }) => (tied ? "the image of it" : column(U, j).map((entry) => show(entry)).join(", ")));
  }
  readout("between", "angle of Ap and Aq", ({ between }) => `${show(between, 1)}°`);

  onView(({ mode, map, pair: two, images, V, time, matrix, angle }) => {
    const hunting = mode === "hunt";
    const whole = hunting ? (point) => times(matrix, point) : map;
    put(ellipse, { d: view.path(CIRCLE.map(whole), true) });
    const vectors = hunting ? two : [column(V, 0), column(V, 1)];
    const ends = hunting ? images : vectors.map(whole);
    for (const j of [0, 1]) {
      inputs[j].update(vectors[j]);
      outputs[j].update(ends[j]);
      const index = "₁₂"[j];
      letter(letters[j], vectors[j], hunting ? "pq"[j] : `v${index}`);
      letter(letters[2 + j], ends[j], hunting ? `A${"pq"[j]}` : time === 3 ? `σ${index}u${index}` : "");
      const tip = column(matrix, j);
      put(names[j], { x: view.x(tip[0]) + 10, y: view.y(tip[1]) + 16, visibility: time === 3 && !hunting ? null : "hidden" });
      put(columns[j], { visibility: time === 3 && !hunting ? null : "hidden" });
    }
    put(pair, { visibility: hunting ? null : "hidden", "aria-valuetext": `${show(angle, 1)} degrees` });
    steps.hidden = hunting;
    turning.hidden = !hunting;
  });
  function letter(node, [x, y], text) {
    const length = Math.hypot(x, y) || 1;
    put(node, { text, x: view.x(x + (0.3 * x) / length), y: view.y(y + (0.3 * y) / length) });
  }
}

export default figure({
  name: "explorer",
  title: "A matrix turns the unit circle into an ellipse",
  state: { matrix: PRESETS["A of the chapter"], time: 3, mode: "map", angle: 0 },
  lengths: { matrix: [2, 2] },
  largest: { matrix: 1000, angle: 360, time: 3 },
  allowed: { mode: ["map", "hunt"] },
  question: {
    ask: "Which two unit vectors does a matrix send to the two half-axes of the ellipse?",
    options: ["e₁ and e₂, the axes of the plane", "two vectors at a right angle, that depend on the matrix", "its two eigenvectors"],
    answer: 1,
    because: "They are the right singular vectors v₁ and v₂. Drag the images of e₁ and e₂ and see that the dashed arrows stay at a right angle.",
  },
  goal: {
    text: ({ mode }) => (mode === "hunt" ? "turn the pair until its images are orthogonal within a degree." : "make κ = 10, within 2 %."),
    reached: ({ mode, between, condition }) => (mode === "hunt" ? Math.abs(between - 90) <= 1 : Math.abs(condition - 10) <= 0.2),
    now: ({ mode, between, condition }) => (mode === "hunt" ? `${show(between, 1)}°` : show(condition)),
  },
  tries: [
    "Drag Ae₁ and Ae₂ until the ellipse is a line: which value is zero then?",
    "Play the three factors of a shear. In which of them does the circle stop being one?",
    "Take the rotation: σ₁ = σ₂, and every orthonormal pair is sent to an orthogonal pair. Which pair a program returns is chance.",
    "In the hunt, turn the pair until its images meet at 90°, and compare its angle with v₁.",
  ],
  compute,
  summary,
  build,
});
