// Keeps the progress of trainings up to date on the admin's pages; without this, reload the page.

const SECONDS = 2;

async function refresh() {
    const response = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!response.ok) return;
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
    for (const shown of document.querySelectorAll("[data-progress]")) {
        const text = fresh.getElementById(shown.id)?.textContent;
        // A training that has come to its end changes more of the page than this.
        if (text === undefined) location.reload();
        else if (text !== shown.textContent) shown.textContent = text;
    }
}

// Nobody looks at a hidden page, and a dialog must not be pulled from under the hand.
const mayRefresh = () => !document.hidden && !document.querySelector("dialog[open], [role=dialog]");

if (document.querySelector("[data-progress]")) {
    setInterval(() => mayRefresh() && refresh().catch(() => undefined), SECONDS * 1000);
}
