// « Tout choisir sur la page » : shown only where it works, since without scripts one ticks one by one.
function offer() {
  document.querySelectorAll("[data-picks]").forEach((all) => { all.closest("[hidden]")?.removeAttribute("hidden"); });
}
document.addEventListener("change", (event) => {
  const name = event.target.dataset?.picks;
  if (name) event.target.form.querySelectorAll(`[name="${name}"]`).forEach((one) => { one.checked = event.target.checked; });
});
document.addEventListener("htmx:afterSwap", offer);
offer();
