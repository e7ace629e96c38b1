// Making elements. Text from documents enters the page here alone, as text nodes and attributes, never as markup.

const SVG = "http://www.w3.org/2000/svg";

export const $ = (selector, root = document) => root.querySelector(selector);

/** Make an element; `svg:` before the name makes an SVG one, `on…` attributes are listeners. */
export function el(name, attributes, ...children) {
  const made = name.startsWith("svg:") ? document.createElementNS(SVG, name.slice(4)) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value === true) made.setAttribute(key, "");
    else if (value != null && value !== false) made.setAttribute(key, value);
  }
  made.append(...children.flat(3).filter((child) => child != null && child !== false));
  return made;
}

/** Words of a document, kept apart from the direction of the words around them. */
export const words = (text, limit = 300) => el("bdi", null, shortened(text, limit));

/** Cut a text that is too long to be read. */
export function shortened(text, limit) {
  return text.length > limit ? `${text.slice(0, limit).trimEnd()}…` : text;
}

/** Fold case and accents away, for searching; the length may change. */
export const folded = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

export const reducedMotion = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
export const narrow = () => matchMedia("(max-width: 759px)").matches;

/** Say something to those who listen instead of looking. */
export function announce(text) {
  const live = $("#live");
  live.textContent = live.textContent === text ? `${text}\u00a0` : text;
}

/** Hand a file to the reader. */
export function save(content, type, name) {
  const url = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  const link = el("a", { href: url, download: name, hidden: true });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** Copy a text; pages from disk may lack the clipboard, so the old way is kept. */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const box = el("textarea", { "aria-hidden": "true", class: "unseen" });
    box.value = text;
    document.body.append(box);
    box.select();
    document.execCommand("copy");
    box.remove();
  }
}

/** Call a function once things have been quiet for a while. */
export function settled(call, wait) {
  let timer = 0;
  return (...args) => {
    clearTimeout(timer);
    timer = setTimeout(() => call(...args), wait);
  };
}

export const plural = (count, one, many = `${one}s`) => `${count.toLocaleString("en")} ${count === 1 ? one : many}`;

let nextId = 0;
export const freshId = (prefix) => `${prefix}-${(nextId += 1)}`;
