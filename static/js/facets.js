// Filters, order and words of a list apply as soon as they change; without this there are buttons.

function formOf(control) {
    return control.form ?? control.closest("form");
}

document.addEventListener("change", (event) => {
    const control = event.target;
    if (control.matches(".facet input, [data-submits]")) formOf(control).requestSubmit();
});
