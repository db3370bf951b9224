// Messages: stay eight seconds, wait while they are pointed at or focused. A new one takes the place of the last of its kind.
// Other modules send: new CustomEvent("marquee:toast", { detail: { text, action, onAction } }), or content, an element, in
// place of text. The server sends { text, undo: { url, values } } with an answer to htmx.

const SECONDS_SHOWN = 8;
const region = document.getElementById("toasts");
const template = document.getElementById("toast-template");

function leaveAfterAWhile(toast) {
    let timer;
    const wait = () => {
        clearTimeout(timer);
        timer = setTimeout(() => toast.remove(), SECONDS_SHOWN * 1000);
    };
    const stay = () => clearTimeout(timer);
    toast.addEventListener("pointerenter", stay);
    toast.addEventListener("pointerleave", wait);
    toast.addEventListener("focusin", stay);
    toast.addEventListener("focusout", wait);
    wait();
}

function show({ text, content, action = "Undo", onAction = null, undo = null, kind = "action" }) {
    const toast = template.content.firstElementChild.cloneNode(true);
    toast.dataset.kind = kind;
    if (content) toast.querySelector("p").replaceChildren(...content.childNodes);
    else toast.querySelector("p").textContent = text;
    if (undo) onAction = () => htmx.ajax("POST", undo.url, { values: undo.values, swap: "none", source: document.body });
    const button = toast.querySelector("button");
    if (onAction) {
        button.textContent = action;
        button.hidden = false;
        button.addEventListener("click", () => {
            toast.remove();
            onAction();
        });
    }
    for (const old of region.querySelectorAll(`[data-kind="${kind}"]`)) old.remove();
    region.append(toast);
    leaveAfterAWhile(toast);
}

for (const toast of region.querySelectorAll("[data-toast]")) {
    leaveAfterAWhile(toast);
}
document.addEventListener("marquee:toast", (event) => show(event.detail));
