// Pages of the handbook as elements. Its Markdown has headings, paragraphs, lists and tables; all text becomes text nodes.

const item = /^(\s*)(?:[-*]|\d+\.)\s+/;

/** The nodes of a piece of the text: what is meant is marked, and the numbers of other pages are links. */
function inline(page, from, to, start, end) {
  const nodes = [];
  const add = (begin, stop, isMarked) => {
    if (begin >= stop) return;
    const parts = page.slice(begin, stop).split(/(\bHB-\d+\b)/).map((part) => {
      if (!/^HB-\d+$/.test(part)) return document.createTextNode(part);
      const link = document.createElement("a");
      link.href = `#page=${part}`;
      link.dataset.page = part;
      link.textContent = part;
      return link;
    });
    if (isMarked) {
      const mark = document.createElement("mark");
      mark.append(...parts);
      nodes.push(mark);
    } else {
      nodes.push(...parts);
    }
  };
  const markFrom = Math.min(Math.max(start, from), to);
  const markTo = Math.max(Math.min(end, to), markFrom);
  add(from, markFrom, false);
  add(markFrom, markTo, true);
  add(markTo, to, false);
  return nodes;
}

function element(tag, nodes) {
  const made = document.createElement(tag);
  made.append(...nodes);
  return made;
}

/** The cells of a row of a table, each by its place. */
function cells(text, from, to) {
  const found = [];
  let at = text.indexOf("|", from) + 1;
  for (let next = text.indexOf("|", at); at > 0 && next >= 0 && next < to; at = next + 1, next = text.indexOf("|", at)) {
    const lead = text.slice(at, next).length - text.slice(at, next).trimStart().length;
    found.push([at + lead, Math.max(at + lead, next - (text.slice(at, next).length - text.slice(at, next).trimEnd().length))]);
  }
  return found;
}

/** The blocks of a page; what stands from start to end is marked. */
export function blocks(text, start = 0, end = 0) {
  const lines = [];
  for (let at = 0; at < text.length;) {
    const next = text.indexOf("\n", at);
    lines.push([at, next < 0 ? text.length : next]);
    at = (next < 0 ? text.length : next) + 1;
  }
  const made = [];
  const line = (i) => (i < lines.length ? text.slice(...lines[i]) : "");
  for (let i = 0; i < lines.length;) {
    const [from, to] = lines[i];
    const heading = /^(#+)\s+/.exec(line(i));
    if (heading) {
      made.push(element(`h${Math.min(heading[1].length + 1, 6)}`, inline(text, from + heading[0].length, to, start, end)));
      i++;
    } else if (line(i).startsWith("|")) {
      const rows = [];
      for (; line(i).startsWith("|"); i++) {
        if (/^[|\s:-]+$/.test(line(i)) && line(i).includes("-")) continue;
        const tag = rows.length === 0 ? "th" : "td";
        rows.push(element("tr", cells(text, ...lines[i]).map(([a, b]) => element(tag, inline(text, a, b, start, end)))));
      }
      made.push(element("table", rows));
    } else if (item.test(line(i))) {
      const isOrdered = /^\s*\d/.test(line(i));
      const items = [];
      for (; item.test(line(i)); i++) items.push(element("li", inline(text, lines[i][0] + item.exec(line(i))[0].length, lines[i][1], start, end)));
      made.push(element(isOrdered ? "ol" : "ul", items));
    } else {
      if (line(i).trim()) made.push(element("p", inline(text, from, to, start, end)));
      i++;
    }
  }
  return made;
}
