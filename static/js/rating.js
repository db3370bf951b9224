// The rating control saves by itself once the person has paused, says what it saved, and can undo it.

const PAUSE_MS = 600;
const channel = new BroadcastChannel("marquee");

function starsInWords(stars) {
    const whole = Math.floor(stars);
    return stars === whole ? String(whole) : `${whole || ""}½`;
}

// One after the other: a guest's first rating begins their visit, and the second has to belong to it.
let last = Promise.resolve();

function inTurn(send) {
    const turn = last.then(send);
    last = turn.catch(() => {});
    return turn;
}

class Rating {
    constructor(form) {
        this.form = form;
        this.title = form.dataset.title;
        this.saved = this.own;
        this.value = form.querySelector(".rating-value");
        this.clearButton = form.querySelector(".rating-clear");
        form.addEventListener("change", () => this.saveAfterAPause());
        form.addEventListener("submit", (event) => this.onSubmit(event));
        addEventListener("pagehide", () => this.saveBeforeLeaving());
    }

    // As the radios write it: the server says 4.0 where they say 4.
    get own() {
        return this.form.dataset.own && String(Number(this.form.dataset.own));
    }

    get chosen() {
        return this.form.querySelector("input[name=stars]:checked")?.value ?? "";
    }

    show(stars) {
        for (const radio of this.form.querySelectorAll("input[name=stars]")) {
            radio.checked = radio.value === stars;
        }
        this.value.textContent = stars ? starsInWords(Number(stars)) : "";
        this.hideClearButton(!stars);
    }

    hideClearButton(isHidden) {
        // Focus would fall out of the page with the button that had it.
        if (isHidden && document.activeElement === this.clearButton) {
            this.form.querySelector("input[name=stars]").focus();
        }
        this.clearButton.hidden = isHidden;
    }

    // The page was brought up to date: the rating may have changed in another tab. What is being saved here counts more.
    follow() {
        if (this.timer || this.pending) return this.show(this.chosen);
        if (this.own === this.saved) return;
        this.saved = this.own;
        this.show(this.saved);
    }

    saveAfterAPause() {
        this.show(this.chosen);
        clearTimeout(this.timer);
        this.timer = setTimeout(() => this.save(this.chosen), PAUSE_MS);
    }

    saveBeforeLeaving() {
        if (!this.timer || this.chosen === this.saved) return;
        clearTimeout(this.timer);
        this.send(this.chosen, { keepalive: true }).catch(() => {});
    }

    onSubmit(event) {
        event.preventDefault();
        this.save(event.submitter === this.clearButton ? "" : this.chosen);
    }

    async save(stars, { canUndo = true } = {}) {
        clearTimeout(this.timer);
        this.timer = null;
        if (stars === this.saved) return;
        const before = this.saved;
        this.show(stars);
        this.pending?.abort();
        this.pending = new AbortController();
        const { signal } = this.pending;
        try {
            await inTurn(() => this.send(stars, { signal }));
        } catch (error) {
            if (error.name === "AbortError") return;
            this.pending = null;
            this.fail(before, error);
            return;
        }
        this.pending = null;
        this.saved = this.form.dataset.own = stars;
        this.announce(stars, canUndo ? () => this.save(before, { canUndo: false }) : null);
        document.dispatchEvent(new CustomEvent("marquee:rated"));
        channel.postMessage("changed");
    }

    async send(stars, options) {
        const body = new FormData(this.form);
        body.delete("stars");
        if (stars) body.set("stars", stars);
        else body.set("clear", "1");
        const headers = { Accept: "application/json" };
        const response = await fetch(this.form.action, { method: "POST", body, headers, ...options });
        if (response.ok) return;
        const answer = await response.json().catch(() => ({}));
        if (answer.sign_in_url) location.assign(answer.sign_in_url);
        throw new Error(answer.detail ?? "");
    }

    announce(stars, onAction) {
        const text = stars
            ? `You rated ${this.title} ${starsInWords(Number(stars))}`
            : `Your rating of ${this.title} is cleared`;
        document.dispatchEvent(new CustomEvent("marquee:toast", { detail: { text, action: "Undo", onAction } }));
    }

    fail(before, error) {
        this.show(before);
        // A failing network has a message of its own, in the words of the browser's makers.
        const why = error instanceof TypeError ? "" : error.message;
        const stands = before ? `${starsInWords(Number(before))} still stands` : "still without a rating";
        const text = `${this.title} could not be saved: ${stands}. ${why || "Please try again."}`;
        document.dispatchEvent(new CustomEvent("marquee:toast", { detail: { text } }));
    }
}

const controls = new WeakMap();

function enhance() {
    for (const form of document.querySelectorAll("[data-rating]")) {
        if (!controls.has(form)) controls.set(form, new Rating(form));
        else controls.get(form).follow();
    }
}

for (const name of ["htmx:afterSettle", "marquee:swapped"]) document.addEventListener(name, enhance);
enhance();
