// An open page follows what its reader rates and dismisses, here, in another tab or elsewhere: it asks the server
// whether it still shows what is true, and swaps in the parts that do not, without moving what is being looked at.

const SHORTEST_MS = 1000; // between two questions
const LONGEST_MS = 10000;
const CALM_MS = 700; // since a part was last scrolled or touched

const root = document.querySelector("[data-follow]");
const channel = new BroadcastChannel("marquee");

// When to ask

let timer;
let askedAt = -SHORTEST_MS;
let pause = SHORTEST_MS;
let isAsking = false;
let isNews = false; // since the last question
let isBehind = false; // until the answer to a question that was asked after the news

const isGuest = () => root.dataset.token.startsWith("guest.");

function askIn(milliseconds) {
    clearTimeout(timer);
    if (!document.hidden) timer = setTimeout(ask, milliseconds);
}

function ask() {
    isAsking = true;
    isNews = false;
    askedAt = performance.now();
    htmx.trigger(root, "marquee:look");
}

function askSoon() {
    pause = SHORTEST_MS;
    isNews = isBehind = true;
    if (!isAsking) askIn(Math.max(0, askedAt + SHORTEST_MS - performance.now()));
}

// Each answer without news makes the next question wait half as long again. What guests do happens in this
// browser, so nobody has to ask for it.
function onAnswer(status) {
    isAsking = false;
    isBehind = isNews;
    if (isNews) return askSoon();
    const isFailed = status === 0 || status >= 400;
    pause = isFailed ? LONGEST_MS : Math.min(pause * 1.5, LONGEST_MS);
    if (isFailed || !isGuest()) askIn(pause);
}

function onSaved() {
    acted = acting ?? acted;
    acting = null;
    askSoon();
}

function tellOthers() {
    channel.postMessage("changed");
    onSaved();
}

// What is being looked at

const canHover = matchMedia("(hover: hover)");
const movedAt = new WeakMap();
let pressed = null;
let acting = null; // the part in which something is done that is being saved
let acted = null; // the same once it is saved, until an answer shows it

const partOf = (node) => node?.closest?.("[data-part]");

function isBusy(part) {
    if (part === acted) return isBehind;
    const focused = document.activeElement;
    return (
        (canHover.matches && part.matches(":hover")) ||
        (part.contains(focused) && focused.matches(":focus-visible")) ||
        part === pressed ||
        performance.now() - (movedAt.get(part) ?? -CALM_MS) < CALM_MS
    );
}

function noteMove(event) {
    const part = partOf(event.target);
    if (part) movedAt.set(part, performance.now());
}

// Swapping

const waiting = new Map(); // name of a part → the new one, or null where it is gone
let order = [];
let settling;

const partNamed = (name) => root.querySelector(`[data-part="${CSS.escape(name)}"]`);
const nameOf = (part) => part.dataset.part;

function take(fragment) {
    const next = fragment.querySelector("[data-follow]");
    if (!next) return;
    isBehind = isNews;
    for (const name of ["token", "movies", "hero"]) root.dataset[name] = next.dataset[name];
    const parts = [...next.querySelectorAll("[data-part]")];
    order = parts.map(nameOf);
    waiting.clear();
    for (const part of parts) waiting.set(nameOf(part), part);
    for (const part of root.querySelectorAll("[data-part]")) {
        if (!waiting.has(nameOf(part))) waiting.set(nameOf(part), null);
    }
    settle();
    const content = fragment.querySelector("[data-change]");
    if (content) document.dispatchEvent(new CustomEvent("marquee:toast", { detail: { content, kind: "change" } }));
}

function settle() {
    const ready = [...waiting].filter(([name]) => !partNamed(name) || !isBusy(partNamed(name)));
    if (ready.length) {
        keepInPlace(() => {
            for (const [name, next] of ready) swap(name, next);
            // What others add to a part, as rails their buttons, takes room as well.
            document.dispatchEvent(new CustomEvent("marquee:swapped"));
        });
        for (const [name] of ready) waiting.delete(name);
        if (!isBehind) acted = null;
    }
    clearTimeout(settling);
    if (waiting.size) settling = setTimeout(settle, 250);
}

function swap(name, next) {
    const part = partNamed(name);
    if (part && "stays" in part.dataset) return;
    if (!next) part?.remove();
    else if (part) morph(part, next);
    else insert(next);
    const swapped = partNamed(name);
    if (swapped) htmx.process(swapped);
}

// A new part stands behind the nearest part before it that is there already.
function insert(part) {
    const container = part.parentElement.closest("[data-parts]").dataset.parts;
    const here = root.dataset.parts === container ? root : root.querySelector(`[data-parts="${container}"]`);
    if (!here) return;
    const before = order.slice(0, order.indexOf(nameOf(part))).reverse().map(partNamed);
    const neighbour = before.find((each) => each?.parentElement === here);
    if (neighbour) neighbour.after(part);
    else here.prepend(part);
}

function keepInPlace(change) {
    const page = document.documentElement;
    const anchor = findAnchor();
    const top = anchor?.getBoundingClientRect().top;
    const scrolled = [...root.querySelectorAll(".rail-scroll")].map((scroller) => [scroller, scroller.scrollLeft]);
    page.classList.add("is-swapping");
    change();
    for (const [scroller, left] of scrolled) scroller.scrollLeft = left;
    if (anchor?.isConnected) scrollBy({ top: anchor.getBoundingClientRect().top - top, behavior: "instant" });
    requestAnimationFrame(() => requestAnimationFrame(() => page.classList.remove("is-swapping")));
}

// What is under the pointer or the finger stays where it is; else the first part that begins on the screen.
function findAnchor() {
    const parts = [...root.querySelectorAll("[data-part]")];
    return parts.find(isBusy) ?? parts.find((part) => part.getBoundingClientRect().top >= 0) ?? parts.at(-1);
}

// Make a node like another one and keep what is the same of it: by key where there are keys, else by place.
function morph(node, next) {
    if (node.isEqualNode(next)) return;
    if (node.nodeType !== Node.ELEMENT_NODE) {
        node.nodeValue = next.nodeValue;
        return;
    }
    for (const { name } of [...node.attributes]) if (!next.hasAttribute(name)) node.removeAttribute(name);
    for (const { name, value } of next.attributes) if (node.getAttribute(name) !== value) node.setAttribute(name, value);
    morphChildren(node, next);
}

const keyOf = (node) => node.dataset?.key;
const isLike = (node, next) => node?.nodeType === next.nodeType && node.nodeName === next.nodeName && keyOf(node) === keyOf(next);

function morphChildren(node, next) {
    const wanted = new Set([...next.children].map(keyOf));
    for (const child of [...node.children]) if (keyOf(child) && !wanted.has(keyOf(child))) child.remove();
    const keyed = new Map([...node.children].filter(keyOf).map((child) => [keyOf(child), child]));
    let place = node.firstChild;
    for (const child of [...next.childNodes]) {
        const kept = keyOf(child) ? keyed.get(keyOf(child)) : place;
        if (!kept || !isLike(kept, child)) {
            node.insertBefore(child, place);
            continue;
        }
        if (kept === place) place = place.nextSibling;
        else node.insertBefore(kept, place);
        morph(kept, child);
    }
    while (place) {
        const rest = place.nextSibling;
        place.remove();
        place = rest;
    }
}

// Wiring: htmx asks and hands over the answer as a swap of its own kind.

htmx.defineExtension("follow", {
    isInlineSwap: (style) => style === "follow",
    handleSwap: (style, _target, fragment) => {
        if (style !== "follow") return false;
        take(fragment);
        return [];
    },
});

document.addEventListener("htmx:configRequest", ({ detail }) => {
    if (detail.elt !== root) return;
    const { token, movies, hero } = root.dataset;
    Object.assign(detail.parameters, { token, movies: movies.trim(), hero });
});
document.addEventListener("htmx:afterRequest", ({ detail }) => {
    if (detail.elt === root) onAnswer(detail.xhr.status);
    else if (detail.requestConfig.verb === "post") {
        if (detail.successful) tellOthers();
        else acting = null;
    }
});
document.addEventListener("submit", (event) => {
    acting = partOf(event.target);
});
// What this page rates comes this way too.
channel.addEventListener("message", onSaved);
document.addEventListener("visibilitychange", askSoon);
addEventListener("pageshow", (event) => {
    if (event.persisted) askSoon();
});

document.addEventListener("scroll", noteMove, { capture: true, passive: true });
document.addEventListener("pointerdown", (event) => {
    pressed = partOf(event.target);
}, { passive: true });
for (const name of ["pointerup", "pointercancel"]) {
    document.addEventListener(name, (event) => {
        pressed = null;
        noteMove(event);
    }, { passive: true });
}

// Who goes back gets the page that the browser kept.
if (performance.getEntriesByType("navigation")[0]?.type === "back_forward") askSoon();
else if (!isGuest()) askIn(SHORTEST_MS);
