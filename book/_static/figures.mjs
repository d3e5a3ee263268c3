// Brings the figures of a page to life, each when it comes near the screen. Without this script their drawings stay.

const places = [...document.querySelectorAll("[data-figure]")];

/** What the address says of a figure: #explorer={"matrix":[[1,0],[0,1]]}; nothing if it is no such address. */
function fromAddress(name) {
  if (!location.hash.startsWith(`#${name}=`)) return null;
  try {
    return JSON.parse(decodeURIComponent(location.hash.slice(name.length + 2)));
  } catch {
    return null;
  }
}

/** What anywidget calls a model, for a page without Python. */
function modelOf(state) {
  const listeners = new Map();
  return {
    get: (key) => state[key],
    set(key, value) {
      state[key] = value;
      for (const listener of listeners.get(`change:${key}`) ?? []) listener();
    },
    on: (event, listener) => listeners.set(event, [...(listeners.get(event) ?? []), listener]),
    save_changes() {},
  };
}

const words = (list) => (Array.isArray(list) ? list.filter((word) => typeof word === "string") : []);

async function mount(place) {
  const [{ default: figure }, { accept }] = await Promise.all([
    import(`./figures/${place.dataset.figure}.mjs`),
    import("./figures/kernel.mjs"),
  ]);
  const given = { ...JSON.parse(place.dataset.state ?? "{}"), ...fromAddress(place.dataset.figure) };
  const state = { ...figure.spec.state, ...accept(figure.spec, given), fixed: words(given.fixed), hidden: words(given.hidden) };
  figure.render({ model: modelOf(state), el: place });
}

// They light up their part of a figure, also by the keyboard.
for (const word of document.querySelectorAll("[data-ties]")) word.tabIndex = 0;

const near = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (!isIntersecting) continue;
    near.unobserve(target);
    mount(target);
  }
}, { rootMargin: "400px" });
for (const place of places) near.observe(place);

function follow() {
  for (const place of places) {
    if (fromAddress(place.dataset.figure)) mount(place).then(() => place.scrollIntoView());
  }
}
addEventListener("hashchange", follow);
follow();
