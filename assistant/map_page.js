"use strict";
(() => {
  const map = JSON.parse(document.getElementById("map").textContent);
  const main = document.querySelector("main");
  const SVG = "http://www.w3.org/2000/svg";
  const state = {
    by: "species",
    fold: false,
    near: map.asked !== null,
    closed: { row: new Set(), column: new Set() },
    chosen: Object.fromEntries(
      map.filters.map((one) => [one.facet, new Set(one.options.filter((o) => o.chosen).map((o) => o.id))]),
    ),
    place: [1, 1],
  };
  let grid = [];

  // ---- words and elements -------------------------------------------------------------------------

  const say = (name, values = {}) =>
    map.words[name].replace(/\{([a-z]+)\}/g, (whole, key) => (key in values ? String(values[key]) : whole));

  function make(tag, properties = {}, ...inside) {
    const element = document.createElement(tag);
    for (const [key, value] of Object.entries(properties)) {
      if (key === "class") element.className = value;
      else if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
      else if (value !== null && value !== false) element.setAttribute(key, value === true ? "" : value);
    }
    element.append(...inside);
    return element;
  }

  const groupsOf = (by) => map.marks[by];

  // ---- counting: the same rule as an answer's: a study once, whatever number of papers report it ----

  function allowed() {
    const wanted = [];
    for (const filter of map.filters) {
      const chosen = filter.options.filter((one) => state.chosen[filter.facet].has(one.id));
      if (chosen.length) wanted.push([filter.facet, new Set(chosen.flatMap((one) => one.values))]);
    }
    return map.entries.filter((entry) =>
      wanted.every(([facet, values]) => (entry.values[facet] || []).some((value) => values.has(value))),
    );
  }

  function linesOf(axis) {
    const lines = new Map();
    axis.lines.forEach((line, place) => {
      for (const value of line.values) lines.set(value, [...(lines.get(value) || []), place]);
    });
    return (entry) => {
      const places = new Set();
      for (const value of entry.values[axis.facet] || []) {
        for (const place of lines.get(value) || []) places.add(place);
      }
      return places;
    };
  }
  const placesOf = { row: linesOf(map.rows), column: linesOf(map.columns) };
  for (const entry of map.entries) {
    entry.row = placesOf.row(entry);
    entry.column = placesOf.column(entry);
  }

  function fill(entries) {
    const cells = map.rows.lines.map(() => map.columns.lines.map(() => []));
    for (const entry of entries) {
      for (const row of entry.row) for (const column of entry.column) cells[row][column].push(entry);
    }
    return cells;
  }

  const studies = (entries) => new Set(entries.filter((one) => one.standing === "study").map((one) => one.study)).size;
  const within = (entries, facet, group) =>
    entries.filter((entry) => (entry.values[facet] || []).some((value) => group.values.includes(value)));

  function counts(entries, by = state.by) {
    return groupsOf(by).map((group) => ({ group, count: studies(within(entries, by, group)) }));
  }

  function told(entries, by = state.by) {
    return counts(entries, by)
      .filter(({ group, count }) => count || (by === "species" && group.id !== "not-stated"))
      .map(({ group, count }) => say("map-count", { name: group.name, count }))
      .join(" · ") || "0";
  }

  // ---- marks ----------------------------------------------------------------------------------------

  const around = (n, from, radius) =>
    Array.from({ length: n }, (_, i) => {
      const angle = from + (i * 2 * Math.PI) / n;
      return `${(radius * Math.cos(angle)).toFixed(2)},${(radius * Math.sin(angle)).toFixed(2)}`;
    }).join(" ");

  const LARGE = 25; // where the most are fewer, the largest mark stays smaller
  const SHAPES = {
    circle: (r) => ["circle", { r }],
    square: (r) => ["rect", { x: -r * 0.9, y: -r * 0.9, width: r * 1.8, height: r * 1.8 }],
    hexagon: (r) => ["polygon", { points: around(6, 0, r * 1.1) }],
    octagon: (r) => ["polygon", { points: around(8, Math.PI / 8, r * 1.05) }],
    diamond: (r) => ["polygon", { points: around(4, 0, r * 1.25) }],
    pill: (r) => ["rect", { x: -r * 1.15, y: -r * 0.8, width: r * 2.3, height: r * 1.6, rx: r * 0.8 }],
  };

  function drawn(tag, attributes) {
    const element = document.createElementNS(SVG, tag);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return element;
  }

  function mark(group, count, most, written = count) {
    const least = 9 + 2.5 * Math.max(0, String(count).length - 2);
    const radius = Math.max(least, 9 + 11 * Math.sqrt(Math.max(0, count - 1) / (Math.max(LARGE, most) - 1)));
    const side = Math.ceil(radius * 2.6);
    const picture = drawn("svg", { width: side, height: Math.ceil(radius * 2.3), "aria-hidden": "true",
      viewBox: `${-side / 2} ${-radius * 1.15} ${side} ${radius * 2.3}` });
    const [tag, attributes] = SHAPES[group.shape](radius);
    const text = drawn("text", {});
    text.textContent = written;
    picture.append(drawn(tag, { ...attributes, class: "shape" }), text);
    return make("span", { class: `mark ${group.style}`, "data-group": group.id, "aria-hidden": "true" },
      picture, make("i", {}, group.letter));
  }

  // ---- the grid -------------------------------------------------------------------------------------

  // For a question: the lines it names, and those with a study in what it names across.
  function beside(kind, kept) {
    const across = kind === "row" ? "column" : "row";
    const axis = kind === "row" ? map.columns : map.rows;
    const found = new Set();
    for (const entry of kept) {
      if (entry.standing !== "study") continue;
      if (map.asked[across] && ![...entry[across]].some((place) => axis.lines[place].asked)) continue;
      for (const place of entry[kind]) found.add(place);
    }
    return found;
  }

  function hidden(kind, axis, kept, totals) {
    const closed = state.closed[kind];
    const near = state.near && map.asked ? beside(kind, kept) : null;
    return axis.lines.map((line, place) => {
      if (near && !line.asked && !near.has(place)) return true;
      for (let above = line.parent; above !== null; above = axis.lines[above].parent) {
        if (closed.has(above)) return true;
      }
      return state.fold && !line.asked && totals[place] === 0;
    });
  }

  const parents = (axis) => new Set(axis.lines.map((line) => line.parent).filter((one) => one !== null));

  function depth(axis, place, out) {
    let deep = 0;
    for (let above = axis.lines[place].parent; above !== null; above = axis.lines[above].parent) deep += out[above] ? 0 : 1;
    return deep;
  }

  function heading(kind, place, axis, total, out) {
    const line = axis.lines[place];
    const opens = parents(axis).has(place);
    const label = say("map-axis-cell", { name: line.name, count: total }) +
      (line.parent === null ? "" : " " + say("map-broader", { name: axis.lines[line.parent].name }));
    const cell = make("th", {
      scope: kind === "row" ? "row" : "col",
      role: kind === "row" ? "rowheader" : "columnheader",
      class: (total ? "" : "empty ") + (line.asked ? "asked" : ""),
      "aria-label": label,
      title: label,
      "aria-expanded": opens ? String(!state.closed[kind].has(place)) : null,
    }, make("span", { class: "name" }, line.name));
    cell.style.setProperty("--depth", depth(axis, place, out));
    cell.act = opens ? () => turn(kind, place) : null;
    return cell;
  }

  function turn(kind, place) {
    const closed = state.closed[kind];
    if (closed.has(place)) closed.delete(place);
    else closed.add(place);
    render();
    focusCell(grid.findIndex((row) => row[0].line === place && kind === "row") > 0 && kind === "row"
      ? [grid.findIndex((row) => row[0].line === place), 0]
      : [0, Math.max(0, grid[0].findIndex((cell) => cell.line === place))]);
  }

  function body(row, column, entries, most) {
    const count = studies(entries);
    const names = { row: map.rows.lines[row].name, column: map.columns.lines[column].name };
    const asked = map.asked && (!map.asked.row || map.rows.lines[row].asked) && (!map.asked.column || map.columns.lines[column].asked);
    const cell = make("td", {
      role: "gridcell",
      class: (count ? "some" : "none") + (asked && (map.asked.row || map.asked.column) ? " asked" : ""),
      "aria-label": say("map-cell", { ...names, counts: told(entries) }),
      "data-row": map.rows.lines[row].id,
      "data-column": map.columns.lines[column].id,
      "data-studies": count,
    });
    for (const one of counts(entries)) if (one.count) cell.append(mark(one.group, one.count, most));
    if (!count) cell.append(make("span", { "aria-hidden": "true" }, "0"));
    cell.act = (only) => openList(names, entries, only);
    return cell;
  }

  function render() {
    const kept = allowed();
    const cells = fill(kept);
    const totalsOf = (kind, axis) => axis.lines.map((_, place) => studies(kept.filter((one) => one[kind].has(place))));
    const totals = { row: totalsOf("row", map.rows), column: totalsOf("column", map.columns) };
    const out = { row: hidden("row", map.rows, kept, totals.row), column: hidden("column", map.columns, kept, totals.column) };
    const rows = map.rows.lines.map((_, place) => place).filter((place) => !out.row[place]);
    const columns = map.columns.lines.map((_, place) => place).filter((place) => !out.column[place]);
    const most = Math.max(1, ...rows.flatMap((row) => columns.flatMap((column) => counts(cells[row][column]).map((one) => one.count))));
    const corner = make("th", { role: "columnheader", scope: "col" }, say("map-corner"));
    grid = [[corner, ...columns.map((place) => Object.assign(heading("column", place, map.columns, totals.column[place], out.column), { line: place }))]];
    for (const row of rows) {
      grid.push([
        Object.assign(heading("row", row, map.rows, totals.row[row], out.row), { line: row }),
        ...columns.map((column) => body(row, column, cells[row][column], most)),
      ]);
    }
    show(kept, cells, totals, rows, columns);
  }

  function show(kept, cells, totals, rows, columns) {
    table.setAttribute("aria-rowcount", grid.length);
    table.setAttribute("aria-colcount", grid[0].length);
    table.replaceChildren(
      make("thead", { role: "rowgroup" }, make("tr", { role: "row", "aria-rowindex": 1 }, ...grid[0])),
      make("tbody", { role: "rowgroup" }, ...grid.slice(1).map((row, i) => make("tr", { role: "row", "aria-rowindex": i + 2 }, ...row))),
    );
    grid.forEach((row, r) => row.forEach((cell, c) => {
      cell.place = [r, c];
      cell.tabIndex = -1;
      cell.setAttribute("aria-colindex", c + 1);
    }));
    const [row, column] = state.place;
    state.place = [Math.min(row, grid.length - 1), Math.min(column, grid[0].length - 1)];
    grid[state.place[0]][state.place[1]].tabIndex = 0;
    const bare = rows.flatMap((r) => columns.map((c) => studies(cells[r][c]))).filter((count) => !count).length;
    total.textContent = say("map-total", { count: studies(kept), studies: map.studies, counts: told(kept, "species") });
    size.textContent = say("map-size", { rows: rows.length, columns: columns.length, empty: bare, cells: rows.length * columns.length });
    if (state.fold && !state.near) {
      size.textContent += " " + say("map-folded", {
        rows: totals.row.filter((count, place) => !count && !map.rows.lines[place].asked).length,
        columns: totals.column.filter((count, place) => !count && !map.columns.lines[place].asked).length,
      });
    }
    legend.replaceChildren(...groupsOf(state.by).map((group) =>
      make("li", {}, mark(group, 1, 1, "n"), say("map-legend", { letter: group.letter, name: group.name }))));
  }

  // ---- the keyboard and the mouse -------------------------------------------------------------------

  function focusCell([row, column]) {
    const [oldRow, oldColumn] = state.place;
    if (grid[oldRow] && grid[oldRow][oldColumn]) grid[oldRow][oldColumn].tabIndex = -1;
    const cell = grid[row][column];
    state.place = [row, column];
    cell.tabIndex = 0;
    cell.focus({ preventScroll: true });
    reveal(cell);
  }

  // Scrolls the cell out from under the headings that stay.
  function reveal(cell) {
    const [row, column] = cell.place;
    cell.scrollIntoView({ block: "nearest", inline: "nearest" });
    const box = cell.getBoundingClientRect();
    const edge = grid[0][0].getBoundingClientRect();
    if (row > 0 && box.top < edge.bottom) scroller.scrollTop -= edge.bottom - box.top;
    if (column > 0 && box.left < edge.right) scroller.scrollLeft -= edge.right - box.left;
  }

  const PAGE = 8;
  function step(event, [row, column]) {
    const last = [grid.length - 1, grid[0].length - 1];
    const all = event.ctrlKey || event.metaKey;
    switch (event.key) {
      case "ArrowUp": return [row - 1, column];
      case "ArrowDown": return [row + 1, column];
      case "ArrowLeft": return [row, column - 1];
      case "ArrowRight": return [row, column + 1];
      case "PageUp": return [row - PAGE, column];
      case "PageDown": return [row + PAGE, column];
      case "Home": return all ? [0, 0] : [row, 0];
      case "End": return all ? last : [row, last[1]];
      default: return null;
    }
  }

  function onKey(event) {
    const cell = event.target.closest("th, td");
    if (!cell) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      if (cell.act) cell.act();
      return;
    }
    const to = step(event, cell.place);
    if (!to) return;
    event.preventDefault();
    focusCell([Math.max(0, Math.min(to[0], grid.length - 1)), Math.max(0, Math.min(to[1], grid[0].length - 1))]);
  }

  function onClick(event) {
    const cell = event.target.closest("th, td");
    if (!cell) return;
    focusCell(cell.place);
    const bubble = event.target.closest(".mark");
    if (cell.act) cell.act(bubble ? bubble.dataset.group : undefined);
  }

  // ---- the list of citations ------------------------------------------------------------------------

  function labels(entry) {
    return ["design", "species", "route", "preparation"]
      .map((facet) => say("map-labels", {
        facet: map.facets[facet],
        values: (entry.values[facet] || []).map((value) => map.names[value] || value).join(", "),
      }))
      .join(" · ");
  }

  function cited(entry) {
    const line = entry.url
      ? make("a", { href: entry.url, target: "_blank", rel: "noopener noreferrer" }, entry.line)
      : make("span", {}, entry.line);
    return [line, make("span", { class: "labels" }, labels(entry))];
  }

  function byStudy(entries) {
    const found = new Map();
    for (const entry of entries) found.set(entry.study, [...(found.get(entry.study) || []), entry]);
    return [...found.values()].map((papers) => papers.length === 1
      ? make("li", {}, ...cited(papers[0]))
      : make("li", {}, say("map-list-papers", { count: papers.length }),
        make("ul", {}, ...papers.map((paper) => make("li", {}, ...cited(paper))))));
  }

  function section(name, entries) {
    return entries.length ? [make("h3", {}, name), make("ol", {}, ...byStudy(entries))] : [];
  }

  function openList(names, entries, only) {
    const parts = [];
    const filters = map.filters
      .map((one) => [one.name, one.options.filter((option) => state.chosen[one.facet].has(option.id)).map((option) => option.name)])
      .filter(([, names]) => names.length)
      .map(([facet, names]) => say("map-filter-some", { facet, chosen: names.join(", ") }));
    if (filters.length) parts.push(make("p", { class: "note" }, say("map-list-inside", { filters: filters.join(" · ") })));
    const counted = entries.filter((one) => one.standing === "study");
    for (const group of groupsOf(state.by)) {
      if (only && only !== group.id) continue;
      const those = within(counted, state.by, group);
      parts.push(...section(say("map-list-group", { name: group.name, count: studies(those) }), those));
    }
    if (!counted.length) parts.push(make("p", {}, say("map-list-none")));
    if (!only) {
      for (const standing of ["apart", "retracted"]) {
        const those = entries.filter((one) => one.standing === standing);
        if (those.length) parts.push(make("h3", {}, say(`map-list-${standing}`, { count: those.length })), make("ol", {}, ...those.map((one) => make("li", {}, ...cited(one)))));
      }
    }
    listTitle.textContent = say("map-cell", { ...names, counts: told(entries) });
    listBody.replaceChildren(...parts);
    list.showModal();
    list.scrollTop = 0;
    closer.focus();
  }

  // ---- the page -------------------------------------------------------------------------------------

  function filterBox(filter) {
    const chosen = state.chosen[filter.facet];
    const summary = make("summary", {});
    const box = make("details", { "data-facet": filter.facet });
    const boxes = filter.options.map((one) => make("input", { type: "checkbox", value: one.id }));
    function tell() {
      const names = filter.options.filter((one) => chosen.has(one.id)).map((one) => one.name);
      boxes.forEach((input) => { input.checked = chosen.has(input.value); });
      box.classList.toggle("chosen", names.length > 0);
      summary.textContent = names.length
        ? say("map-filter-some", { facet: filter.name, chosen: names.join(", ") })
        : say("map-filter-none", { facet: filter.name });
    }
    boxes.forEach((input) => input.addEventListener("change", () => {
      if (input.checked) chosen.add(input.value);
      else chosen.delete(input.value);
      tell();
      render();
    }));
    const clear = make("button", { type: "button", onclick: () => { chosen.clear(); tell(); render(); } },
      say("map-filter-clear", { facet: filter.name }));
    box.append(summary, make("div", { class: "options", role: "group", "aria-label": filter.name }, clear,
      ...filter.options.map((one, i) => make("label", {}, boxes[i], say("map-option", { name: one.name, count: one.count })))));
    box.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && box.open) { box.open = false; summary.focus(); }
    });
    tell();
    return { box, tell };
  }

  function controls() {
    const boxes = map.filters.filter((one) => one.options.length).map(filterBox);
    document.addEventListener("click", (event) => {
      for (const { box } of boxes) if (box.open && !box.contains(event.target)) box.open = false;
    });
    const clear = make("button", { type: "button", onclick: () => {
      for (const chosen of Object.values(state.chosen)) chosen.clear();
      boxes.forEach(({ tell }) => tell());
      render();
    } }, say("map-clear"));
    const ways = ["species", "design"].map((by) => {
      const input = make("input", { type: "radio", name: "by", value: by, checked: by === state.by });
      input.addEventListener("change", () => { state.by = by; render(); });
      return make("label", {}, input, say(`map-by-${by}`));
    });
    const fold = make("input", { type: "checkbox", id: "fold" });
    fold.addEventListener("change", () => { state.fold = fold.checked; render(); });
    const near = make("input", { type: "checkbox", id: "near", checked: state.near });
    near.addEventListener("change", () => { state.near = near.checked; render(); });
    const all = (close) => () => {
      for (const [kind, axis] of [["row", map.rows], ["column", map.columns]]) state.closed[kind] = close ? parents(axis) : new Set();
      render();
    };
    return [
      make("div", { class: "bar", role: "group", "aria-label": say("map-filters") }, ...boxes.map(({ box }) => box), clear),
      make("div", { class: "bar" },
        make("div", { class: "ways", role: "radiogroup", "aria-label": say("map-marks") }, make("span", { "aria-hidden": "true" }, say("map-marks")), ...ways),
        ...(map.asked ? [make("label", {}, near, say("map-near"))] : []),
        make("label", {}, fold, say("map-fold")),
        make("button", { type: "button", onclick: all(true) }, say("map-close-all")),
        make("button", { type: "button", onclick: all(false) }, say("map-open-all"))),
    ];
  }

  const table = make("table", { role: "grid", "aria-label": say("map-grid"), "aria-describedby": "keys", "aria-readonly": "true", onkeydown: onKey, onclick: onClick });
  const scroller = make("div", { class: "scroll" }, table);
  const total = make("p", { class: "count", role: "status", "aria-live": "polite", id: "total" });
  const size = make("p", { class: "note", id: "size" });
  const legend = make("ul", { class: "legend" });
  const listTitle = make("h2", { id: "list-title" });
  const listBody = make("div", { class: "within" });
  const closer = make("button", { type: "button", onclick: () => list.close() }, say("map-close"));
  const list = make("dialog", { "aria-labelledby": "list-title" }, make("div", { class: "top" }, listTitle, closer), listBody);
  list.addEventListener("close", () => focusCell(state.place));
  list.addEventListener("click", (event) => { if (event.target === list) list.close(); });
  main.append(...controls(), legend, total, make("p", { class: "note" }, say("map-zero")),
    make("p", { class: "note keys", id: "keys" }, say("map-keys")), scroller, size,
    make("p", { class: "note" }, say("map-reading"), " ", say("map-size-of-mark")), list);
  // A sheet of paper is narrower than the map: it is made as small as it takes.
  addEventListener("beforeprint", () => { table.style.zoom = Math.min(1, 1000 / table.offsetWidth); });
  addEventListener("afterprint", () => { table.style.zoom = ""; });
  render();
})();
