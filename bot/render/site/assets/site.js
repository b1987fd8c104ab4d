// Sorting, hiding and comparing. Every page can be read without it.
"use strict";

const MISSING = "-";
const address = () => new URLSearchParams(location.search);

// Keep a view in the address, so that a link shows it to somebody else.
function remember(changes) {
  const query = address();
  for (const [name, value] of Object.entries(changes)) {
    if (value) query.set(name, value);
    else query.delete(name);
  }
  const text = query.toString();
  history.replaceState(null, "", location.pathname + (text ? `?${text}` : "") + location.hash);
}

function make(tag, text, name) {
  const element = document.createElement(tag);
  if (text !== undefined) element.textContent = text;
  if (name) element.className = name;
  return element;
}

// Light or dark: what the system says, unless the reader chose.
function chosenTheme() {
  try { return localStorage.getItem("theme"); } catch { return null; }
}

function dressPage(theme) {
  if (theme) document.documentElement.dataset.theme = theme;
}

function prepareTheme(button) {
  const dark = () => (chosenTheme() ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  const label = () => { button.textContent = dark() ? "Light" : "Dark"; };
  button.hidden = false;
  label();
  button.addEventListener("click", () => {
    const theme = dark() ? "light" : "dark";
    try { localStorage.setItem("theme", theme); } catch { /* the choice lasts for this page */ }
    dressPage(theme);
    button.textContent = theme === "dark" ? "Light" : "Dark";
  });
}

// The text of a cell, or its first number; null where there is none.
function valueOf(row, column, kind) {
  const text = row.cells[column].textContent.trim();
  if (kind === "text") return text.toLowerCase();
  const found = /-?\d+(\.\d+)?/.exec(text);
  return found ? Number(found[0]) : null;
}

// Reorder rows. What has no value stays at the end, whichever way the rest goes.
function sortRows(table, column, kind, reverse) {
  const rows = [...table.original];
  const sign = (kind === "higher") === reverse ? 1 : -1;
  const order = kind === "text" ? (reverse ? -1 : 1) : sign;
  rows.sort((one, other) => {
    const [a, b] = [valueOf(one, column, kind), valueOf(other, column, kind)];
    if (a === null || b === null) return (a === null) - (b === null);
    return order * (kind === "text" ? a.localeCompare(b) : a - b);
  });
  table.tBodies[0].append(...rows);
}

function prepareSorting(table) {
  table.original = [...table.tBodies[0].rows];
  const heads = [...table.tHead.querySelectorAll("th[data-sort]")];
  const show = (head, reverse) => {
    for (const other of heads) other.removeAttribute("aria-sort");
    const kind = head.dataset.sort;
    const down = (kind === "higher") !== reverse;
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    sortRows(table, head.column, kind, reverse);
  };
  // Two rows of headings: the column of a cell is where its row says, after what spans both.
  const spanning = table.tHead.rows.length > 1 ? 1 : 0;
  for (const head of heads) {
    const row = head.parentElement;
    head.column = row.rowIndex > 0 ? head.cellIndex + spanning : head.cellIndex;
    const button = make("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    const key = head.dataset.key ?? "model";
    button.addEventListener("click", () => {
      const now = address().get("sort");
      const next = now === key ? `${key}.reverse` : key;
      show(head, next !== key);
      remember({ sort: next });
    });
    const asked = address().get("sort");
    if (asked === key || asked === `${key}.reverse`) show(head, asked !== key);
  }
}

function prepareFilters(form) {
  const table = document.getElementById(form.dataset.for);
  const rows = [...table.tBodies[0].rows];
  const fields = form.elements;
  const names = ["q", "origin", "trained"].filter((name) => fields[name]);
  const apply = () => {
    const words = fields.q.value.trim().toLowerCase();
    let hidden = 0;
    for (const row of rows) {
      const name = row.querySelector("th").textContent.toLowerCase();
      row.hidden =
        !name.includes(words) ||
        (fields.origin.value !== "" && row.dataset.origin !== fields.origin.value) ||
        (fields.trained?.value === "no" && row.dataset.trained === "yes");
      hidden += row.hidden;
    }
    form.querySelector(".count").textContent = `${hidden} hidden`;
    form.querySelector("[type=reset]").hidden = hidden === 0;
  };
  for (const name of names) {
    const asked = address().get(name) ?? "";
    fields[name].value = asked;
    if (fields[name].value !== asked) fields[name].value = "";
  }
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", () => {
    apply();
    remember(Object.fromEntries(names.map((name) => [name, fields[name].value])));
  });
  form.addEventListener("reset", () => {
    setTimeout(() => { apply(); fields.q.focus(); });
    remember(Object.fromEntries(names.map((name) => [name, ""])));
  });
  form.hidden = false;
  apply();
}

// The p-value of two entries, with a star when they are told apart; pairs are in the order of rows.
function testOf(board, one, other) {
  const [i, j] = [board.tested.indexOf(one), board.tested.indexOf(other)].sort((a, b) => a - b);
  return i < 0 ? "" : board.p[(i * (2 * board.tested.length - i - 1)) / 2 + j - i - 1];
}

// One board of two models: a table with a row for each metric.
function compareOn(board, one, other, root) {
  const section = make("section");
  const title = make("h2");
  const link = make("a", board.title);
  link.href = root + board.path;
  title.append(link);
  section.append(title);
  const [mine, theirs] = [board.rows[one.id], board.rows[other.id]];
  const verdict = testOf(board, one.id, other.id);
  const table = make("table");
  const head = table.createTHead().insertRow();
  for (const text of ["Metric", one.name, other.name, "Difference"]) {
    const cell = make("th", text, text === "Metric" ? "" : "num");
    cell.scope = "col";
    head.append(cell);
  }
  const body = table.createTBody();
  const add = (name, cells, wins) => {
    const row = body.insertRow();
    const first = make("th", name);
    first.scope = "row";
    row.append(first, ...cells.map((text, place) => make("td", text, `num${wins === place ? " up" : ""}`)));
  };
  add("Rank", [mine[0], theirs[0], ""], -1);
  board.columns.forEach(([name, direction, digits], number) => {
    const values = [mine[1][number], theirs[1][number]];
    if (values.includes(null)) {
      if (values[0] !== values[1]) add(name, [...values.map((v) => (v === null ? MISSING : v.toFixed(digits))), MISSING], -1);
      return;
    }
    const gap = values[0] - values[1];
    const wins = gap === 0 ? -1 : Number((gap > 0) !== (direction === "higher"));
    const sign = gap > 0 ? "+" : "";
    add(`${name} ${direction === "higher" ? "↑" : "↓"}`, [...values.map((v) => v.toFixed(digits)), sign + gap.toFixed(digits)], wins);
  });
  const frame = make("div", undefined, "scroll");
  frame.tabIndex = 0;
  frame.setAttribute("role", "region");
  frame.setAttribute("aria-label", board.title);
  frame.append(table);
  section.append(frame);
  section.append(make("p", verdict
    ? `Compared study by study: p ${verdict.replace("*", "")}, ${verdict.endsWith("*") ? "told apart" : "not told apart"} at the 5 % level.`
    : "Not tested: at least one of the two has no stored per-study scores.", "legend"));
  return section;
}

async function prepareCompare(form) {
  const target = document.getElementById("comparison");
  const root = form.dataset.root;
  let data;
  try {
    const answer = await fetch(form.dataset.source);
    if (!answer.ok) throw new Error(answer.status);
    data = await answer.json();
  } catch {
    target.append(make("p", "The numbers could not be loaded. The tables below have them too.", "note"));
    return;
  }
  const models = new Map(data.models.map((model) => [model.id, model]));
  const boxes = [form.elements.a, form.elements.b];
  boxes.forEach((box, number) => {
    box.append(...data.models.map((model) => new Option(`${model.name} (${model.about})`, model.id)));
    const asked = address().get(box.name);
    box.value = models.has(asked) ? asked : data.models[number % data.models.length].id;
  });
  const show = () => {
    const [one, other] = boxes.map((box) => models.get(box.value));
    const shared = data.boards.filter((board) => board.rows[one.id] && board.rows[other.id]);
    target.replaceChildren(
      make("p", one === other ? "Choose two different models." : `${one.name}: ${one.scores}. ${other.name}: ${other.scores}. Boards in common: ${shared.length}.`),
      ...(one === other ? [] : shared.map((board) => compareOn(board, one, other, root))),
    );
  };
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("change", () => {
    show();
    remember({ a: boxes[0].value, b: boxes[1].value });
  });
  form.hidden = false;
  document.getElementById("plain").remove();
  show();
}

dressPage(chosenTheme());
prepareTheme(document.querySelector(".theme"));
document.querySelectorAll("table[data-table]").forEach(prepareSorting);
document.querySelectorAll("form[data-for]").forEach(prepareFilters);
document.querySelectorAll("form[data-source]").forEach(prepareCompare);
