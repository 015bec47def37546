// The page of the desk. All that comes from outside becomes text nodes: nothing here makes markup of a string.

import { follow } from "./feed.js";
import { blocks } from "./handbook.js";

const $ = (id) => document.getElementById(id);

/** Makes an element: attributes, listeners (functions) and children (elements or texts). */
function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

const percent = (share) => `${Math.round(share * 100)} %`;
const milliseconds = (value) => (value < 0.05 ? "< 0.1 ms" : value < 10 ? `${value.toFixed(1)} ms` : value < 10000 ? `${Math.round(value)} ms` : `${(value / 1000).toFixed(1)} s`);
const money = (amount, currency) => `${currency ?? ""} ${amount.toLocaleString("en-GB", { minimumFractionDigits: 2 })}`.trim();
const day = (text) => new Date(`${text}T12:00:00`).toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric" });
const time = (text) => new Date(text).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
/** Text in which lines may also break behind commas: JSON as models write it has no blanks. */
const breakable = (text) => text.split(/(?<=,)/).flatMap((part) => [part, document.createElement("wbr")]);
const words = (name) => name.replace(/([a-z])([A-Z])/g, (_, a, b) => `${a} ${b.toLowerCase()}`);

/** Asks the server; an error has the words that it gave. */
async function ask(method, path, body) {
  let response;
  try {
    response = await fetch(path, { method, headers: body ? { "Content-Type": "application/json" } : {}, body: body ? JSON.stringify(body) : undefined });
  } catch {
    throw new Error("The desk does not answer. Is its program still running?");
  }
  if (response.status === 204) return null;
  const reply = await response.json().catch(() => null);
  if (!response.ok) throw Object.assign(new Error(reply?.error ?? `The desk answered ${response.status}.`), { status: response.status });
  return reply;
}

function banner(text) {
  $("banner").textContent = text ?? "";
  $("banner").hidden = !text;
}

const spoken = new Map();

/** Has a screen reader read a text out; one that is the same as before too. What comes within a moment is read together, the last of each kind: a reader passes over what stands there for a frame only. */
function announce(id, kind, text) {
  const waiting = spoken.get(id);
  if (waiting) {
    waiting.set(kind, text);
    return;
  }
  const texts = new Map([[kind, text]]);
  spoken.set(id, texts);
  $(id).textContent = "";
  setTimeout(() => {
    spoken.delete(id);
    $(id).textContent = [...texts.values()].join(" ");
  }, 150);
}

const desk = { info: null, customer: null, view: null, tickets: new Map(), isQuestion: false };

// ---------------------------------------------------------------- customers

const initials = (name) => name.split(" ").map((part) => part[0]).slice(0, 2).join("");

function showCustomers() {
  $("customers").replaceChildren(...desk.info.customers.map((customer) =>
    el("li", {}, el("button", { type: "button", "data-customer": customer.id, click: () => choose(customer.id) },
      el("span", { class: "avatar", "aria-hidden": "true" }, initials(customer.name)),
      el("span", { class: "who" }, el("strong", {}, customer.name), el("small", {}, `${customer.id} · ${customer.plan}`))))));
}

function choose(customerId, keepTicket = false) {
  const customer = desk.info.customers.find((one) => one.id === customerId) ?? desk.info.customers[0];
  desk.customer = customer;
  for (const button of $("customers").querySelectorAll("button")) {
    const isChosen = button.dataset.customer === customer.id;
    button.classList.toggle("chosen", isChosen);
    button.setAttribute("aria-current", isChosen ? "true" : "false");
    if (isChosen) button.scrollIntoView({ block: "nearest", inline: "nearest" });
  }
  showKind();
  if (!keepTicket) {
    leave();
    history.replaceState(null, "", `#customer=${customer.id}`);
    showNoTicket();
  }
  showRecord();
}

async function showRecord() {
  const id = desk.customer.id;
  let record;
  try {
    record = await ask("GET", `/api/customers/${encodeURIComponent(id)}`);
  } catch (error) {
    $("record").replaceChildren(el("p", { class: "error" }, error.message));
    return;
  }
  if (desk.customer.id !== id) return;
  const section = (title, rows, none) => el("section", {}, el("h3", {}, title), rows.length ? el("ul", { class: "rows" }, ...rows) : el("p", { class: "empty" }, none));
  const row = (id, title, detail, right, state) => el("li", { "data-id": id },
    el("span", { class: "row-text" }, el("strong", {}, title), el("small", {}, detail)),
    el("span", { class: "row-side" }, right ? el("span", { class: "amount" }, right) : null, state ? el("span", { class: `state ${state.toLowerCase()}` }, words(state)) : null));
  $("record").replaceChildren(
    el("div", { class: "person" }, el("span", { class: "avatar large", "aria-hidden": "true" }, initials(record.customer.name)),
      el("div", {}, el("h3", {}, record.customer.name), el("p", {}, `${record.customer.city} · ${record.customer.plan} plan · since ${day(record.customer.since)}`), el("p", {}, record.customer.email))),
    section("Cards", record.cards.map((card) => row(card.id, `${card.product} •••• ${card.ending}`, `expires ${day(card.expires)}`, null, card.status)), "No cards."),
    section("Payments", record.payments.map((payment) => row(payment.id, payment.counterparty, `${day(payment.date)}${payment.cardEnding ? ` · card ${payment.cardEnding}` : ` · ${words(payment.kind).toLowerCase()}`}`, money(payment.amount, payment.currency), payment.status)), "No payments."),
    section("Transfers", record.transfers.map((transfer) => row(transfer.id, transfer.payee, `${day(transfer.date)} · “${transfer.reference}”`, money(transfer.amount, transfer.currency), transfer.status)), "No transfers."),
    section("Ordered cards", record.orders.map((order) => row(order.id, order.product, `expected ${day(order.expected)}`, null, order.status)), "No orders."),
    section("Changes made here", record.changes.map((change) => el("li", { class: "change" }, el("span", { class: "row-text" }, el("strong", {}, change.summary), el("small", { title: `Idempotency key ${change.key}` }, `${time(change.at)} · ${change.tool} · key ${change.key.slice(0, 8)}…`)))), "None. What you approve is listed here."));
}

// ------------------------------------------------------------------ tickets

const statusWords = { Running: "working", Waiting: "waits for you", Done: "done", Blocked: "blocked", Failed: "failed", Cancelled: "stopped" };

/** Asks for all tickets: what happened before the feed began. */
async function loadTickets() {
  const before = new Set(desk.tickets.keys());
  const tickets = await ask("GET", "/api/tickets").catch(() => null);
  if (tickets === null) return;
  const there = new Set(tickets.map((ticket) => ticket.id));
  // The desk forgets old ones; those that were opened meanwhile it did not know yet.
  for (const id of before) if (!there.has(id)) desk.tickets.delete(id);
  tickets.forEach(keep);
  showTickets();
}

/** Keeps how a ticket stands, unless something newer is known: a reply may be read after what the feed told later. */
function keep(ticket) {
  if (!(desk.tickets.get(ticket.id)?.events > ticket.events)) desk.tickets.set(ticket.id, ticket);
}

/** Brings the list up to date; what is there stays, and with it the focus. */
function showTickets() {
  const tickets = [...desk.tickets.values()].sort((a, b) => b.openedAt.localeCompare(a.openedAt));
  $("no-tickets").hidden = tickets.length > 0;
  const list = $("tickets");
  const known = new Map([...list.children].map((row) => [row.dataset.ticket, row]));
  tickets.forEach((ticket, place) => {
    let row = known.get(ticket.id);
    if (!row) {
      row = el("li", { "data-ticket": ticket.id }, el("button", { type: "button", click: () => open(ticket.id, ticket.customerId) },
        el("span", { class: "dot", "aria-hidden": "true" }), el("span", { class: "who" }, el("strong"), el("small"))));
    }
    known.delete(ticket.id);
    const isOpen = desk.view?.id === ticket.id;
    const [button] = row.children;
    button.className = isOpen ? "chosen" : "";
    button.setAttribute("aria-current", isOpen ? "true" : "false");
    row.querySelector(".dot").className = `dot ${ticket.status.toLowerCase()}`;
    row.querySelector("strong").textContent = ticket.intent ?? ticket.message;
    row.querySelector("small").textContent = `${time(ticket.openedAt)} · ${ticket.isQuestion ? "handbook · " : ""}${statusWords[ticket.status]}`;
    if (list.children[place] !== row) list.insertBefore(row, list.children[place] ?? null);
  });
  for (const row of known.values()) row.remove();
}

/** What the feed tells. */
function receive(item) {
  if (item.open === false) {
    banner("The connection to the desk is lost; trying again…");
    return;
  }
  if (item.open) {
    banner(null);
    loadTickets();
    desk.view?.catchUp();
    return;
  }
  const before = desk.tickets.get(item.ticket.id);
  keep(item.ticket);
  const now = desk.tickets.get(item.ticket.id);
  if (before?.status !== now.status || before?.intent !== now.intent) showTickets();
  if (desk.view?.id === item.ticket.id) desk.view.receive(item.number, item.event);
  else if (item.event.type === "proposed") announce("announce", "another", `Another ticket waits for you: ${item.event.description}`);
}

/** Follows the feed: through the worker that all tabs share, or by a stream of its own that ends while nobody sees the page. */
function followFeed() {
  if (window.SharedWorker) {
    const worker = new SharedWorker("feed-worker.js", { type: "module", name: "desk-feed" });
    worker.port.addEventListener("message", (message) => receive(message.data));
    worker.port.start();
    addEventListener("pagehide", () => worker.port.postMessage("leave"));
    addEventListener("pageshow", (shown) => { if (shown.persisted) location.reload(); });
    return;
  }
  let end = follow(receive);
  document.addEventListener("visibilitychange", () => {
    end?.();
    end = document.hidden ? null : follow(receive);
  });
}

function leave() {
  desk.view = null;
  banner(null);
}

function open(ticketId, customerId) {
  leave();
  if (customerId) choose(customerId, true);
  history.replaceState(null, "", `#ticket=${encodeURIComponent(ticketId)}`);
  desk.view = new TicketView(ticketId);
  showTickets();
}

async function begin(body) {
  $("work").disabled = true;
  try {
    const ticket = await ask("POST", "/api/tickets", { request: crypto.randomUUID(), ...body });
    keep(ticket);
    open(ticket.id, ticket.customerId);
    return true;
  } catch (error) {
    fault(error.message);
    return false;
  } finally {
    $("work").disabled = false;
  }
}

function showNoTicket() {
  $("ticket").replaceChildren(el("div", { class: "nothing" },
    el("h2", {}, "No message yet"),
    el("p", {}, "The desk finds out what the customer wants, reads the facts, drafts a reply and, where something is to be changed, asks you first.")));
  $("trace").replaceChildren(el("div", { class: "nothing" }, el("p", {}, "Each prompt and reply appears here as it was sent, after the guards: with tokens, time and repairs.")));
}

/** One ticket on the page; each event from the server changes a part of it. */
class TicketView {
  constructor(id) {
    this.id = id;
    this.steps = new Map();
    this.proposals = new Map();
    this.parts = {};
    this.status = "Running";
    $("ticket").replaceChildren();
    $("trace").replaceChildren();
    // The number of the event that comes next, and those that came before their turn.
    this.next = 0;
    this.early = new Map();
    this.catchUp();
  }

  /** Shows an event in its turn; what is missing before it is asked for. */
  receive(number, event) {
    if (number < this.next) return;
    this.early.set(number, event);
    if (number > this.next) this.catchUp();
    this.showEarly();
  }

  /** Asks for what has happened since the last event that is shown. */
  async catchUp() {
    if (this.isCatchingUp || this.isClosed) return;
    this.isCatchingUp = true;
    try {
      const from = this.next;
      const { events } = await ask("GET", `/api/tickets/${encodeURIComponent(this.id)}?from=${from}`);
      events.forEach((event, i) => this.early.set(from + i, event));
    } catch (error) {
      this.lost(error);
    } finally {
      this.isCatchingUp = false;
    }
    this.showEarly();
  }

  showEarly() {
    if (desk.view !== this) return;
    for (; this.early.has(this.next); this.next++) {
      const event = this.early.get(this.next);
      this.early.delete(this.next);
      this[event.type]?.(event);
    }
    for (const number of this.early.keys()) if (number < this.next) this.early.delete(number);
  }

  lost(error) {
    // Whoever does not answer is asked again when the feed is back.
    if (desk.view !== this || error.status !== 404) return;
    if (this.parts.status) {
      this.closed({ status: "Failed", reason: "The desk was started anew and no longer knows this ticket.", milliseconds: 0, inputTokens: 0, outputTokens: 0 });
    } else {
      this.isClosed = true;
      $("ticket").replaceChildren(el("div", { class: "nothing" }, el("h2", {}, "This ticket is not there any more"), el("p", {}, "The desk keeps tickets as long as its program runs.")));
      history.replaceState(null, "", `#customer=${desk.customer.id}`);
    }
  }

  // What the customer wrote, and how it stands.
  opened(event) {
    choose(event.customerId, true);
    this.openedAt = Date.parse(event.at);
    this.isQuestion = event.isQuestion;
    this.message = event.message;
    const customer = desk.customer;
    this.parts.status = el("span", { class: "status running" }, el("span", { class: "spinner", "aria-hidden": "true" }), el("span", {}, "working"));
    this.parts.stop = el("button", { type: "button", class: "quiet", click: () => this.stop() }, "Stop");
    this.parts.body = el("div", { class: "ticket-body" });
    $("ticket").replaceChildren(el("article", { class: "card ticket" },
      el("header", { class: "ticket-head" },
        el("span", { class: "avatar", "aria-hidden": "true" }, event.isQuestion ? "?" : initials(customer.name)),
        el("div", { class: "said" }, el("p", { class: "byline" }, el("strong", {}, event.isQuestion ? "Question to the handbook" : customer.name), ` · ${time(event.at)}${event.retryOf ? " · tried again" : ""}`), el("blockquote", { id: "said" }, event.message)),
        el("div", { class: "ticket-side" }, this.parts.status, this.parts.stop)),
      this.parts.body));
  }

  route(event) {
    const meter = el("span", { class: "meter-fill" });
    if (event.confidence !== null) meter.style.width = `${100 * event.confidence}%`;
    this.parts.body.append(el("section", { class: "part", id: "route" }, el("h3", {}, "Intent"),
      el("div", { class: "route" },
        el("strong", { class: "intent" }, event.intent),
        event.confidence === null ? el("span", { class: "sure" }, "the endpoint does not say how sure it is") : el("span", { class: `sure ${event.isUnsure ? "unsure" : ""}` },
          el("span", { class: "meter", "aria-hidden": "true" }, meter), `${percent(event.confidence)} sure`)),
      event.isUnsure ? el("p", { class: "note warn" }, "Too unsure to act on. Ask the customer what is meant.") : null));
  }

  facts(event) {
    const facts = [["Amount", event.amount === null ? null : money(event.amount, event.currency)], ["Paid to", event.merchant], ["When", event.date], ["Card", event.cardEnding && `•••• ${event.cardEnding}`]].filter(([, value]) => value);
    this.parts.body.append(el("section", { class: "part", id: "facts" }, el("h3", {}, "Facts"),
      facts.length ? el("dl", { class: "facts" }, ...facts.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value)))) : el("p", { class: "empty" }, "The message names none."),
      event.corrections.length ? el("ul", { class: "corrections", "aria-label": "Checked against the message" }, ...event.corrections.map((one) => el("li", { class: one.kept === null ? "left-out" : "put-right" },
        `${one.fact}: `, one.read === null ? null : el("del", {}, one.read), one.read !== null && one.kept !== null ? " → " : null, one.kept === null ? null : el("ins", {}, one.kept),
        one.kept === null ? ` left out: ${one.why}` : ` ${one.why}`))) : null));
  }

  // The handbook.
  passages(event) {
    const { body } = this.steps.get(event.step);
    body.append(event.passages.length
      ? el("ul", { class: "found", "aria-label": "Passages that were found" }, ...event.passages.map((passage) => el("li", {}, place(passage), el("span", { class: "chip", title: "The share of the question's words, by how rare they are, that the passage has" }, percent(passage.evidence ?? 0)))))
      : el("p", { class: "meta" }, "No passage has enough of the question."));
  }

  answer(event) {
    const part = (title, ...children) => this.add(el("section", { class: "part", id: "answer" }, el("h3", {}, title), ...children));
    const cited = (passages) => el("ol", { class: "citations" }, ...passages.map((passage) => el("li", {}, passage.quote === null ? null : el("blockquote", {}, plain(passage.quote)), place(passage))));
    if (event.text === null) {
      part("Answer", el("p", { class: "draft-text" }, "The handbook does not say."), event.near.length ? el("p", { class: "why" }, "What comes nearest:") : null, event.near.length ? cited(event.near) : null);
    } else if (event.isExtract) {
      part("Answer", el("p", { class: "note", id: "extract" }, "Sentences of the handbook, picked by their words: the embedded model writes no answers."), cited(event.citations));
    } else {
      part("Answer", el("p", { class: "draft-text" }, event.text), cited(event.citations));
    }
    announce("announce", "answer", event.text ?? "The handbook does not say.");
  }

  tool(event) {
    const found = event.ran && event.result.startsWith("[") ? JSON.parse(event.result).length : null;
    // A change that was made before is told again, not made again.
    const made = event.changes && event.ran ? Date.parse(JSON.parse(event.result).at) : NaN;
    const outcome = !event.ran ? "was not run" : found !== null ? `${found} found` : made < this.openedAt ? "was done before" : "done";
    this.parts.activity ??= this.add(el("section", { class: "part", id: "activity" }, el("h3", {}, "Tools"), el("ul", { class: "activity" })));
    this.parts.activity.querySelector("ul").append(el("li", { class: event.ran ? "" : "refused" },
      el("details", {}, el("summary", {}, el("code", {}, event.tool), el("span", { class: "args" }, event.arguments || "no arguments"), el("span", { class: `tag ${event.changes ? "write" : ""}` }, event.changes ? "changes" : "reads"), el("span", { class: "outcome" }, event.milliseconds === null ? outcome : `${outcome} · ${milliseconds(event.milliseconds)}`)),
        el("pre", {}, pretty(event.result)))));
    if (event.changes) showRecord();
  }

  draft(event) {
    if (!this.parts.draft) {
      this.parts.text = el("p", { class: "draft-text", id: "draft" });
      this.parts.copy = el("button", { type: "button", class: "quiet", click: () => this.copy() }, "Copy");
      this.parts.draft = this.add(el("section", { class: "part draft" }, el("h3", {}, "Draft of the reply", this.parts.copy), this.parts.text));
    }
    this.parts.text.append(event.text);
  }

  nothing(event) {
    this.add(el("p", { class: "note", id: "nothing" }, event.reason));
  }

  proposed(event) {
    const error = el("p", { class: "error", hidden: true });
    const decide = async (approved) => {
      if (approve.disabled) return;
      approve.disabled = deny.disabled = true;
      error.hidden = true;
      try {
        await ask("POST", `/api/tickets/${encodeURIComponent(this.id)}/approvals/${encodeURIComponent(event.approval)}`, { approved });
      } catch (failure) {
        error.textContent = failure.message;
        error.hidden = false;
        announce("alarm", "failure", failure.message);
        approve.disabled = deny.disabled = false;
      }
    };
    const approve = el("button", { type: "button", class: event.effect === "Destructive" ? "danger" : "primary", click: () => decide(true) }, "Approve", event.effect === "Destructive" ? null : el("kbd", { "aria-hidden": "true" }, "A"));
    const deny = el("button", { type: "button", class: "secondary", click: () => decide(false) }, "Deny", el("kbd", { "aria-hidden": "true" }, "D"));
    const card = el("section", {
      class: `proposal ${event.effect.toLowerCase()}`, tabindex: "-1", "data-tool": event.tool, "aria-label": "A change that waits for your approval",
      keydown: (key) => {
        if (key.ctrlKey || key.metaKey || key.altKey || key.repeat) return;
        // What cannot be undone wants the button.
        if ((key.key === "a" || key.key === "A") && event.effect !== "Destructive") decide(true);
        if (key.key === "d" || key.key === "D") decide(false);
      },
    },
      el("p", { class: "kicker" }, event.effect === "Destructive" ? "Waits for you · cannot be undone" : "Waits for you"),
      el("h3", {}, event.description),
      el("p", { class: "why" }, `Proposed by ${event.proposedBy}. ${event.why ?? ""}`),
      el("p", { class: "call" }, el("code", {}, `${event.tool}(${Object.entries(event.arguments).map(([name, value]) => `${name}: ${JSON.stringify(value)}`).join(", ")})`)),
      error,
      el("div", { class: "decide" }, approve, deny));
    this.proposals.set(event.approval, { card, approve, deny });
    this.add(card);
    this.show("Waiting");
    // Not while somebody types.
    if (document.activeElement === document.body || document.activeElement === $("work")) card.focus({ preventScroll: true });
    card.scrollIntoView({ block: "nearest", behavior: "smooth" });
  }

  decided(event) {
    const proposal = this.proposals.get(event.approval);
    if (!proposal) return;
    // The button that has the focus goes.
    if (proposal.card.contains(document.activeElement)) proposal.card.focus();
    proposal.card.classList.add("decided", event.approved ? "approved" : "denied");
    proposal.card.querySelector(".kicker").textContent = event.approved ? "Approved" : "Denied · nothing was changed";
    proposal.card.querySelector(".decide").remove();
    this.show("Running");
  }

  closed(event) {
    this.isClosed = true;
    this.show(event.status);
    this.parts.stop.remove();
    for (const { card } of this.proposals.values()) {
      if (card.classList.contains("decided")) continue;
      card.classList.add("decided", "denied");
      card.querySelector(".kicker").textContent = "Not decided · nothing was changed";
      card.querySelector(".decide").remove();
    }
    if (event.reason) {
      if (event.status === "Failed" || event.status === "Blocked") announce("alarm", "end", event.reason);
      this.add(el("div", { class: `end ${event.status.toLowerCase()}`, id: "end" },
        el("strong", {}, { Blocked: "Blocked", Failed: "This did not work", Cancelled: "Stopped" }[event.status] ?? event.status), el("p", {}, event.reason)));
    }
    this.add(el("footer", { class: "ticket-foot" },
      el("span", { id: "cost" }, `${milliseconds(event.milliseconds)} · ${event.inputTokens} + ${event.outputTokens} tokens`),
      el("span", { class: "foot-buttons" },
        this.isQuestion || event.status === "Blocked" ? null : el("button", { type: "button", class: "quiet", click: () => begin({ customerId: desk.customer.id, message: this.message, isQuestion: true }) }, "Ask the handbook"),
        event.status === "Blocked" ? null : el("button", { type: "button", class: "quiet", click: () => begin({ retryOf: this.id }) }, this.isQuestion ? "Ask again" : "Work on it again"))));
    showRecord();
  }

  // What the model saw.
  step(event) {
    const name = event.function.replace(/^I?\w+\./, "").replace(/Async$/, "");
    const chips = el("span", { class: "chips" });
    const body = el("div", { class: "step-body" });
    const details = el("details", { class: "step", open: true }, el("summary", {}, el("span", { class: "step-name", title: event.function }, name), chips), body);
    this.steps.set(event.step, { details, chips, body });
    $("trace").append(details);
  }

  guard(event) {
    const { chips, body } = this.steps.get(event.step);
    chips.append(el("span", { class: `chip guard ${event.verdict}`, title: event.detail }, `${event.guard} ${event.verdict}`));
    body.append(el("p", { class: `guard-line ${event.verdict}` }, el("strong", {}, `${event.guard} ${event.verdict}: `), event.detail));
  }

  prompt(event) {
    const { body } = this.steps.get(event.step);
    const facts = [event.format && `reply kept to ${event.format}`, event.tools.length && `${event.tools.length} tools offered`].filter(Boolean).join(" · ");
    body.append(el("div", { class: "talk" },
      ...event.messages.map((message) => el("div", { class: `turn ${message.role}` }, el("span", { class: "role" }, message.role), el("pre", {}, message.text))),
      facts ? el("p", { class: "meta" }, facts) : null));
  }

  reply(event) {
    const { body } = this.steps.get(event.step);
    const tokens = event.inputTokens === null ? "tokens not told" : `${event.inputTokens} + ${event.outputTokens} tokens${event.cachedTokens ? `, ${event.cachedTokens} cached` : ""}`;
    body.append(el("div", { class: "talk" }, el("div", { class: "turn assistant" }, el("span", { class: "role" }, "reply"), el("pre", {}, breakable(event.text || "(nothing)"))),
      el("p", { class: "meta" }, [event.model, tokens, milliseconds(event.milliseconds), event.finishReason].filter(Boolean).join(" · "))));
  }

  stepEnd(event) {
    const { chips, body } = this.steps.get(event.step);
    if (event.confidence !== null) chips.append(el("span", { class: "chip", title: "How likely the whole reply was among all replies of the type" }, percent(event.confidence)));
    if (event.attempts > 1) chips.append(el("span", { class: "chip" }, `${event.attempts} attempts`));
    chips.append(el("span", { class: "chip", title: "Tokens read and written" }, `${event.inputTokens ?? 0} + ${event.outputTokens ?? 0}`), el("span", { class: "chip" }, milliseconds(event.milliseconds)));
    body.append(event.error ? el("p", { class: "error" }, event.error) : event.repairs.length
      ? el("ul", { class: "repairs" }, ...event.repairs.map((repair) => el("li", {}, `repaired: ${repair}`)))
      : el("p", { class: "meta" }, "no repairs"));
  }

  add(element) {
    this.parts.body.append(element);
    return element;
  }

  show(status) {
    this.status = status;
    const isWorking = status === "Running";
    this.parts.status.className = `status ${status.toLowerCase()}`;
    announce("announce", "status", `${this.isQuestion ? "The question" : "The ticket"}: ${statusWords[status]}`);
    this.parts.status.replaceChildren(isWorking ? el("span", { class: "spinner", "aria-hidden": "true" }) : el("span", { class: `dot ${status.toLowerCase()}`, "aria-hidden": "true" }), el("span", {}, statusWords[status]));
  }

  async stop() {
    try {
      await ask("DELETE", `/api/tickets/${encodeURIComponent(this.id)}`);
    } catch (error) {
      banner(error.message);
    }
  }

  async copy() {
    try {
      await navigator.clipboard.writeText(this.parts.text.textContent);
      this.parts.copy.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(this.parts.text);
      this.parts.copy.textContent = "Press Ctrl+C";
    }
    setTimeout(() => { this.parts.copy.textContent = "Copy"; }, 1600);
  }
}

/** A link to a place in the handbook. */
function place(passage) {
  const [title, ...headings] = passage.headings;
  const link = el("a", { class: "place", href: `#page=${encodeURIComponent(passage.page)}&from=${passage.start}&to=${passage.end}`, "data-page": passage.page, "data-from": passage.start, "data-to": passage.end },
    el("strong", {}, passage.number), ` ${title ?? passage.page}`, ...headings.map((heading) => ` › ${heading}`));
  return link;
}

/** A quote without the bars of a table. */
const plain = (quote) => (quote.startsWith("|") ? quote.replace(/^\|\s*|\s*\|$/g, "").replace(/\s*\|\s*/g, " · ") : quote);

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 1);
  } catch {
    return text;
  }
}

// ----------------------------------------------------------------- handbook

/** Opens a page of the handbook where something stands. */
async function openPage(name, from = 0, to = 0) {
  let page;
  try {
    page = await ask("GET", `/api/handbook/${encodeURIComponent(name)}`);
  } catch (error) {
    banner(error.message);
    return;
  }
  $("page-number").textContent = page.number;
  $("page-title").textContent = page.title;
  // The title stands above.
  $("page-text").replaceChildren(...blocks(page.text, from, to).filter((block) => block.tagName !== "H2"));
  if (!$("page").open) $("page").showModal();
  $("page-title").focus();
  const mark = $("page-text").querySelector("mark");
  if (mark) mark.scrollIntoView({ block: "center" });
  else $("page-text").scrollTop = 0;
}

document.addEventListener("click", (click) => {
  const link = click.target.closest?.("a[data-page]");
  // With a key held, the browser opens a tab, and the address says what to show there.
  if (!link || click.ctrlKey || click.metaKey || click.shiftKey) return;
  click.preventDefault();
  openPage(link.dataset.page, Number(link.dataset.from ?? 0), Number(link.dataset.to ?? 0));
});
$("page-close").addEventListener("click", () => $("page").close());
$("page").addEventListener("click", (click) => { if (click.target === $("page")) $("page").close(); });

function openPlace(place) {
  if (place.get("page")) openPage(place.get("page"), Number(place.get("from") ?? 0), Number(place.get("to") ?? 0));
}

addEventListener("hashchange", () => openPlace(new URLSearchParams(location.hash.slice(1))));

// ----------------------------------------------------------------- composer

/** What the composer is for, and what there is to try. */
function showKind() {
  $("kind-message").setAttribute("aria-pressed", String(!desk.isQuestion));
  $("kind-question").setAttribute("aria-pressed", String(desk.isQuestion));
  $("kind-label").textContent = desk.isQuestion ? "Question to the handbook of" : "Message from";
  $("from").textContent = desk.isQuestion ? `${desk.info.handbookPages} pages` : desk.customer.name;
  $("message").placeholder = desk.isQuestion ? "Ask what a colleague would look up, or take one of these:" : "Paste what the customer wrote, or take one of these:";
  $("work").textContent = desk.isQuestion ? "Ask" : "Work on it";
  const texts = desk.isQuestion ? desk.info.questions : desk.info.samples.filter((sample) => sample.customerId === desk.customer.id).map((sample) => sample.message);
  $("samples").replaceChildren(...texts.map((text) => el("button", { type: "button", class: "sample", click: () => { $("message").value = text; count(); $("message").focus(); } }, text)));
}

for (const [id, isQuestion] of [["kind-message", false], ["kind-question", true]]) {
  $(id).addEventListener("click", () => {
    desk.isQuestion = isQuestion;
    if (desk.info) showKind();
    $("message").focus();
  });
}

function count() {
  const length = $("message").value.trim().length;
  const max = desk.info?.maxMessage ?? 0;
  $("count").textContent = length > max * 0.8 ? `${length} / ${max}` : "";
  $("count").classList.toggle("over", length > max);
  if (length > 0 && length <= max) fault(null);
}

function fault(text) {
  $("message-error").textContent = text ?? "";
  $("message-error").hidden = !text;
  $("message").setAttribute("aria-invalid", text ? "true" : "false");
}

async function submit(event) {
  event?.preventDefault();
  const message = $("message").value.trim();
  if (!desk.info || $("work").disabled) return;
  if (!message) {
    fault(desk.isQuestion ? "Write a question first." : "Write or paste a message first.");
    $("message").focus();
    return;
  }
  if (message.length > desk.info.maxMessage) {
    fault(`The text is too long: ${message.length} of ${desk.info.maxMessage} characters.`);
    $("message").focus();
    return;
  }
  fault(null);
  if (await begin({ customerId: desk.customer.id, message, isQuestion: desk.isQuestion })) {
    $("message").value = "";
    count();
  }
}

$("composer").addEventListener("submit", submit);
$("message").addEventListener("input", count);
$("message").addEventListener("keydown", (key) => {
  if (key.key === "Enter" && (key.ctrlKey || key.metaKey)) submit(key);
});
document.addEventListener("keydown", (key) => {
  const isTyping = ["TEXTAREA", "INPUT"].includes(document.activeElement?.tagName);
  if (key.key === "/" && !isTyping && !$("page").open) {
    key.preventDefault();
    $("message").focus();
  }
  if (key.key === "Escape" && desk.view?.status === "Running" && !$("page").open) desk.view.stop();
});

// --------------------------------------------------------------------- tabs

const tabs = [...document.querySelectorAll("[role=tab]")];

function select(tab) {
  for (const one of tabs) {
    const isChosen = one === tab;
    one.setAttribute("aria-selected", String(isChosen));
    one.tabIndex = isChosen ? 0 : -1;
    $(one.getAttribute("aria-controls")).hidden = !isChosen;
  }
}

for (const tab of tabs) {
  tab.addEventListener("click", () => select(tab));
  tab.addEventListener("keydown", (key) => {
    if (key.key !== "ArrowLeft" && key.key !== "ArrowRight") return;
    const other = tabs[(tabs.indexOf(tab) + 1) % tabs.length];
    select(other);
    other.focus();
  });
}

// ------------------------------------------------------------------ colours

const themes = ["auto", "light", "dark"];

function showTheme() {
  const theme = document.documentElement.dataset.theme ?? "auto";
  $("theme").textContent = { auto: "Auto", light: "Light", dark: "Dark" }[theme];
  $("theme").setAttribute("aria-label", { auto: "Colours: as the system has them", light: "Colours: light", dark: "Colours: dark" }[theme]);
}

$("theme").addEventListener("click", () => {
  const next = themes[(themes.indexOf(document.documentElement.dataset.theme ?? "auto") + 1) % themes.length];
  if (next === "auto") {
    delete document.documentElement.dataset.theme;
    localStorage.removeItem("desk-theme");
  } else {
    document.documentElement.dataset.theme = next;
    localStorage.setItem("desk-theme", next);
  }
  showTheme();
});

// -------------------------------------------------------------------- start

async function start() {
  showTheme();
  try {
    desk.info = await ask("GET", "/api/desk");
  } catch (error) {
    banner(error.message);
    return;
  }
  document.title = `${desk.info.bank} · Support desk`;
  $("bank").textContent = desk.info.bank;
  $("model").replaceChildren(el("span", { class: "dot done", "aria-hidden": "true" }), el("strong", {}, desk.info.model), el("span", { class: "where", title: desk.info.where }, ` ${desk.info.where} · ${desk.info.callsTools ? "calls tools itself" : "tools proposed by rules"}`));
  showCustomers();
  const place = new URLSearchParams(location.hash.slice(1));
  if (place.get("ticket")) {
    choose(desk.info.customers[0].id, true);
    open(place.get("ticket"));
  } else {
    choose(place.get("customer"));
  }
  followFeed();
  loadTickets();
  openPlace(place);
}

start();
