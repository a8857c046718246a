/**
 * Everything on the page is made here. Text goes in as text: names and error words of upstreams are hostile input, and nothing
 * on this page ever reads HTML out of a string.
 */

/** @typedef {string | Node} Child */

/**
 * Makes an element with these attributes and children.
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Readonly<Record<string, string>>} [attributes]
 * @param {readonly Child[]} [children]
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function make(tag, attributes = {}, children = []) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/**
 * The element of the page with this id.
 *
 * @param {string} id
 * @returns {HTMLElement}
 */
export function byId(id) {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`the page has no #${id}`);
  return element;
}

/**
 * Puts a text in place, and touches nothing where it stands already.
 *
 * @param {Node} node
 * @param {string} text
 */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/**
 * Shows a text, or hides its element where there is none.
 *
 * @param {HTMLElement} element
 * @param {string} text
 */
export function showText(element, text) {
  setText(element, text);
  element.hidden = text === '';
}

/**
 * Keeps one element per item, in order: those that stay are told of the new item, so that focus and open details survive.
 *
 * @template Item
 * @template {{ readonly element: HTMLElement, update(item: Item): void }} Kept
 * @param {HTMLElement} container
 * @param {(item: Item) => string} keyOf
 * @param {(item: Item) => Kept} create
 * @returns {(items: readonly Item[]) => void}
 */
export function keepList(container, keyOf, create) {
  /** @type {Map<string, Kept>} */
  const kept = new Map();
  return (items) => {
    const present = new Set(items.map(keyOf));
    for (const [key, { element }] of kept) {
      if (present.has(key)) continue;
      element.remove();
      kept.delete(key);
    }
    for (const [at, item] of items.entries()) {
      const one = kept.get(keyOf(item)) ?? create(item);
      kept.set(keyOf(item), one);
      if (container.children[at] !== one.element) container.insertBefore(one.element, container.children[at] ?? null);
      one.update(item);
    }
  };
}

/**
 * A table with a caption, in a box that scrolls by itself where the page is narrow.
 *
 * @param {string} caption
 * @param {readonly string[]} heads
 * @param {readonly (readonly Child[])[]} rows
 * @returns {HTMLElement}
 */
export function makeTable(caption, heads, rows) {
  const headRow = make(
    'tr',
    {},
    heads.map((head) => make('th', { scope: 'col' }, [head])),
  );
  const body = rows.map((cells) =>
    make(
      'tr',
      {},
      cells.map((cell) => make('td', {}, [cell])),
    ),
  );
  const table = make('table', {}, [
    make('caption', {}, [caption]),
    make('thead', {}, [headRow]),
    make('tbody', {}, body),
  ]);
  return make('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': caption }, [table]);
}

/**
 * A list of facts: names and what is to be said of each. Facts without anything to say are left out.
 *
 * @param {readonly (readonly [string, string])[]} facts
 * @returns {HTMLElement}
 */
export function makeFacts(facts) {
  const told = facts.filter(([, said]) => said !== '');
  return make(
    'dl',
    {},
    told.map(([name, said]) => make('div', {}, [make('dt', {}, [name]), make('dd', {}, [said])])),
  );
}
