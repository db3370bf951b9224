// Messages: stay eight seconds, wait while they are pointed at or focused.
// Other modules send: new CustomEvent("marquee:toast", { detail: { text, action, onAction } }).

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

function show({ text, action = "", onAction = null }) {
    const toast = template.content.firstElementChild.cloneNode(true);
    toast.querySelector("p").textContent = text;
    const button = toast.querySelector("button");
    if (onAction) {
        button.textContent = action;
        button.hidden = false;
        button.addEventListener("click", () => {
            toast.remove();
            onAction();
        });
    }
    region.replaceChildren(toast);
    leaveAfterAWhile(toast);
}

for (const toast of region.querySelectorAll("[data-toast]")) {
    leaveAfterAWhile(toast);
}
document.addEventListener("marquee:toast", (event) => show(event.detail));
