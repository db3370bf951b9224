// The theme changes at once; the server keeps it in a cookie for the next page.

const form = document.querySelector("[data-theme-form]");

function show(theme) {
    if (theme) {
        document.documentElement.dataset.theme = theme;
    } else {
        delete document.documentElement.dataset.theme;
    }
    for (const button of form.querySelectorAll("button")) {
        button.setAttribute("aria-pressed", String(button.value === theme));
    }
}

form?.addEventListener("submit", (event) => {
    event.preventDefault();
    const body = new FormData(form, event.submitter);
    show(event.submitter.value);
    // The answer is a redirect to this page, which nobody needs to follow.
    fetch(form.action, { method: "POST", body, redirect: "manual" }).catch(() => form.submit());
});
