// Suggestions under the search field: the combobox pattern, with options drawn by the server.

const PAUSE_MS = 150;

class Search {
    constructor(form) {
        this.form = form;
        this.field = form.querySelector("input[type=search]");
        this.list = form.querySelector("[role=listbox]");
        this.status = form.querySelector("[data-search-status]");
        this.active = -1;
        this.makeCombobox();
        this.field.addEventListener("input", () => this.askAfterAPause());
        this.field.addEventListener("keydown", (event) => this.onKey(event));
        form.addEventListener("focusout", (event) => {
            if (!form.contains(event.relatedTarget)) this.close();
        });
        // A pressed option must not take the focus from the field before its click arrives.
        this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    }

    makeCombobox() {
        const attributes = {
            role: "combobox",
            "aria-autocomplete": "list",
            "aria-expanded": "false",
            "aria-controls": this.list.id,
        };
        for (const [name, value] of Object.entries(attributes)) this.field.setAttribute(name, value);
    }

    get options() {
        return [...this.list.querySelectorAll("[role=option]")];
    }

    askAfterAPause() {
        clearTimeout(this.timer);
        this.timer = setTimeout(() => this.ask(), PAUSE_MS);
    }

    async ask() {
        const query = this.field.value.trim();
        this.pending?.abort();
        if (!query) return this.close();
        this.pending = new AbortController();
        try {
            const url = `${this.form.dataset.suggestions}?${new URLSearchParams({ q: query })}`;
            const response = await fetch(url, { signal: this.pending.signal });
            if (response.ok) this.open(await response.text());
        } catch (error) {
            // A newer question cut this one off, or the network is gone: the field still searches.
            if (error.name !== "AbortError") this.close();
        }
    }

    open(html) {
        this.list.innerHTML = html;
        const count = this.options.length;
        this.active = -1;
        this.field.removeAttribute("aria-activedescendant");
        this.list.hidden = count === 0;
        this.field.setAttribute("aria-expanded", String(count > 0));
        this.status.textContent = count ? `${count} suggestions` : "No suggestions";
    }

    close() {
        clearTimeout(this.timer);
        this.list.hidden = true;
        this.active = -1;
        this.field.setAttribute("aria-expanded", "false");
        this.field.removeAttribute("aria-activedescendant");
    }

    activate(place) {
        const options = this.options;
        if (!options.length) return;
        // One place beyond either end stands for the field itself.
        const places = options.length + 1;
        this.active = ((place + 1 + places) % places) - 1;
        options.forEach((option, index) => {
            option.setAttribute("aria-selected", String(index === this.active));
        });
        if (this.active < 0) return this.field.removeAttribute("aria-activedescendant");
        this.field.setAttribute("aria-activedescendant", options[this.active].id);
        options[this.active].scrollIntoView({ block: "nearest" });
    }

    onKey(event) {
        if (this.list.hidden) return;
        if (event.key === "ArrowDown") this.activate(this.active + 1);
        else if (event.key === "ArrowUp") this.activate(this.active < 0 ? this.options.length - 1 : this.active - 1);
        else if (event.key === "Escape") this.close();
        else if (event.key === "Enter" && this.active >= 0) this.options[this.active].querySelector("a").click();
        else return;
        event.preventDefault();
    }
}

for (const form of document.querySelectorAll("[data-search]")) new Search(form);
