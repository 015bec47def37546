// The page of the desk. All that comes from outside becomes text nodes: nothing here makes markup of a string.

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
const milliseconds = (value) => (value < 10 ? `${value.toFixed(1)} ms` : value < 10000 ? `${Math.round(value)} ms` : `${(value / 1000).toFixed(1)} s`);
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
  if (!response.ok) throw new Error(reply?.error ?? `The desk answered ${response.status}.`);
  return reply;
}

function banner(text) {
  $("banner").textContent = text ?? "";
  $("banner").hidden = !text;
}

const desk = { info: null, customer: null, view: null };

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
  $("from").textContent = customer.name;
  $("samples").replaceChildren(...desk.info.samples.filter((sample) => sample.customerId === customer.id).map((sample) =>
    el("button", { type: "button", class: "sample", click: () => { $("message").value = sample.message; count(); $("message").focus(); } }, sample.message)));
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

async function showTickets() {
  let tickets;
  try {
    tickets = await ask("GET", "/api/tickets");
  } catch {
    return;
  }
  $("no-tickets").hidden = tickets.length > 0;
  $("tickets").replaceChildren(...tickets.slice(0, 30).map((ticket) => {
    const isOpen = desk.view?.id === ticket.id;
    return el("li", {}, el("button", { type: "button", class: isOpen ? "chosen" : "", "aria-current": isOpen ? "true" : "false", click: () => open(ticket.id, ticket.customerId) },
      el("span", { class: `dot ${ticket.status.toLowerCase()}`, "aria-hidden": "true" }),
      el("span", { class: "who" }, el("strong", {}, ticket.intent ?? ticket.message), el("small", {}, `${time(ticket.openedAt)} · ${statusWords[ticket.status]}`))));
  }));
}

function leave() {
  desk.view?.close();
  desk.view = null;
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
    this.source = new EventSource(`/api/tickets/${encodeURIComponent(id)}/events`);
    this.source.addEventListener("message", (message) => {
      banner(null);
      const event = JSON.parse(message.data);
      this[event.type]?.(event);
    });
    this.source.addEventListener("error", () => {
      if (this.source.readyState !== EventSource.CLOSED) {
        banner("The connection to the desk is lost; trying again…");
        return;
      }
      this.close();
      if (this.parts.status) {
        this.closed({ status: "Failed", reason: "The desk was started anew and no longer knows this ticket.", milliseconds: 0, inputTokens: 0, outputTokens: 0 });
      } else {
        $("ticket").replaceChildren(el("div", { class: "nothing" }, el("h2", {}, "This ticket is not there any more"), el("p", {}, "The desk keeps tickets as long as its program runs.")));
        history.replaceState(null, "", `#customer=${desk.customer.id}`);
      }
    });
  }

  close() {
    this.source.close();
    banner(null);
  }

  // What the customer wrote, and how it stands.
  opened(event) {
    choose(event.customerId, true);
    this.openedAt = Date.parse(event.at);
    const customer = desk.customer;
    this.parts.status = el("span", { class: "status running", role: "status" }, el("span", { class: "spinner", "aria-hidden": "true" }), el("span", {}, "working"));
    this.parts.stop = el("button", { type: "button", class: "quiet", click: () => this.stop() }, "Stop");
    this.parts.body = el("div", { class: "ticket-body" });
    $("ticket").replaceChildren(el("article", { class: "card ticket" },
      el("header", { class: "ticket-head" },
        el("span", { class: "avatar", "aria-hidden": "true" }, initials(customer.name)),
        el("div", { class: "said" }, el("p", { class: "byline" }, el("strong", {}, customer.name), ` · ${time(event.at)}${event.retryOf ? " · tried again" : ""}`), el("blockquote", { id: "said" }, event.message)),
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
    showTickets();
  }

  facts(event) {
    const facts = [["Amount", event.amount === null ? null : money(event.amount, event.currency)], ["Paid to", event.merchant], ["When", event.date], ["Card", event.cardEnding && `•••• ${event.cardEnding}`]].filter(([, value]) => value);
    this.parts.body.append(el("section", { class: "part", id: "facts" }, el("h3", {}, "Facts"),
      facts.length ? el("dl", { class: "facts" }, ...facts.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value)))) : el("p", { class: "empty" }, "The message names none."),
      event.corrections.length ? el("ul", { class: "corrections", "aria-label": "Checked against the message" }, ...event.corrections.map((line) => el("li", {}, line))) : null));
  }

  tool(event) {
    const found = event.ran && event.result.startsWith("[") ? JSON.parse(event.result).length : null;
    // A change that was made before is told again, not made again.
    const made = event.changes && event.ran ? Date.parse(JSON.parse(event.result).at) : NaN;
    const outcome = !event.ran ? "was not run" : found !== null ? `${found} found` : made < this.openedAt ? "was done before" : "done";
    this.parts.activity ??= this.add(el("section", { class: "part", id: "activity" }, el("h3", {}, "Tools"), el("ul", { class: "activity" })));
    this.parts.activity.querySelector("ul").append(el("li", { class: event.ran ? "" : "refused" },
      el("details", {}, el("summary", {}, el("code", {}, event.tool), el("span", { class: "args" }, event.arguments || "no arguments"), el("span", { class: `tag ${event.changes ? "write" : ""}` }, event.changes ? "changes" : "reads"), el("span", { class: "outcome" }, outcome)),
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
    const error = el("p", { class: "error", role: "alert", hidden: true });
    const decide = async (approved) => {
      if (approve.disabled) return;
      approve.disabled = deny.disabled = true;
      error.hidden = true;
      try {
        await ask("POST", `/api/tickets/${encodeURIComponent(this.id)}/approvals/${encodeURIComponent(event.approval)}`, { approved });
      } catch (failure) {
        error.textContent = failure.message;
        error.hidden = false;
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
    showTickets();
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
    this.close();
    this.show(event.status);
    this.parts.stop.remove();
    for (const { card } of this.proposals.values()) {
      if (card.classList.contains("decided")) continue;
      card.classList.add("decided", "denied");
      card.querySelector(".kicker").textContent = "Not decided · nothing was changed";
      card.querySelector(".decide").remove();
    }
    if (event.reason) {
      this.add(el("div", { class: `end ${event.status.toLowerCase()}`, role: event.status === "Failed" || event.status === "Blocked" ? "alert" : "status", id: "end" },
        el("strong", {}, { Blocked: "Blocked", Failed: "This did not work", Cancelled: "Stopped" }[event.status] ?? event.status), el("p", {}, event.reason)));
    }
    this.add(el("footer", { class: "ticket-foot" },
      el("span", { id: "cost" }, `${milliseconds(event.milliseconds)} · ${event.inputTokens} + ${event.outputTokens} tokens`),
      event.status === "Blocked" ? null : el("button", { type: "button", class: "quiet", click: () => begin({ retryOf: this.id }) }, "Work on it again")));
    showRecord();
    showTickets();
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

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 1);
  } catch {
    return text;
  }
}

// ----------------------------------------------------------------- composer

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
    fault("Write or paste a message first.");
    $("message").focus();
    return;
  }
  if (message.length > desk.info.maxMessage) {
    fault(`The message is too long: ${message.length} of ${desk.info.maxMessage} characters.`);
    $("message").focus();
    return;
  }
  fault(null);
  if (await begin({ customerId: desk.customer.id, message })) {
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
  if (key.key === "/" && !isTyping) {
    key.preventDefault();
    $("message").focus();
  }
  if (key.key === "Escape" && desk.view?.status === "Running") desk.view.stop();
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
  $("model").replaceChildren(el("span", { class: "dot done", "aria-hidden": "true" }), el("strong", {}, desk.info.model), el("span", { class: "where" }, ` ${desk.info.where} · ${desk.info.callsTools ? "calls tools itself" : "tools proposed by rules"}`));
  showCustomers();
  const place = new URLSearchParams(location.hash.slice(1));
  if (place.get("ticket")) {
    choose(desk.info.customers[0].id, true);
    open(place.get("ticket"));
  } else {
    choose(place.get("customer"));
    showTickets();
  }
}

start();
