// Previous and next buttons of rails; a rail that fits its screen has none.

function update(rail) {
    const scroller = rail.querySelector(".rail-scroll");
    const room = scroller.scrollWidth - scroller.clientWidth;
    rail.querySelector(".rail-buttons").hidden = room <= 1;
    for (const button of rail.querySelectorAll("[data-rail-step]")) {
        const isAtEnd = Number(button.dataset.railStep) < 0 ? scroller.scrollLeft <= 1 : scroller.scrollLeft >= room - 1;
        button.setAttribute("aria-disabled", String(isAtEnd));
    }
}

function step(button) {
    const scroller = button.closest("[data-rail]").querySelector(".rail-scroll");
    const card = scroller.querySelector("li");
    const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    // A page less one card, so that the last card seen is the first one after.
    const distance = Math.max(card.offsetWidth, scroller.clientWidth - 2 * card.offsetWidth);
    scroller.scrollBy({ left: Number(button.dataset.railStep) * distance, behavior: isCalm ? "auto" : "smooth" });
}

function updateAll() {
    for (const rail of document.querySelectorAll("[data-rail]")) update(rail);
}

document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-rail-step]");
    if (button && button.getAttribute("aria-disabled") !== "true") step(button);
});
document.addEventListener("scroll", (event) => {
    const rail = event.target.closest?.("[data-rail]");
    if (rail) update(rail);
}, { capture: true, passive: true });
for (const name of ["htmx:afterSettle", "marquee:swapped"]) document.addEventListener(name, updateAll);
addEventListener("resize", updateAll);
updateAll();
