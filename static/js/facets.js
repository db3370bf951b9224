// Filters, order and words of a list apply as soon as they change; without this there are buttons.

function formOf(control) {
    return control.form ?? control.closest("form");
}

document.addEventListener("change", (event) => {
    const control = event.target;
    if (control.matches(".facet input, [data-submits]")) formOf(control).requestSubmit();
});

// Fields left empty would only make the address longer.
document.addEventListener("formdata", (event) => {
    if (event.target.method !== "get") return;
    const empty = [...event.formData].filter(([, value]) => value === "").map(([name]) => name);
    for (const name of empty) event.formData.delete(name);
});
