// Passkeys: asks the browser for the answer of a key, and sends it with the form. Uses allauth's webauthn-json.js.
document.querySelectorAll("form[data-key]").forEach((form) => {
  const keys = window.webauthnJSON;
  if (!keys || !keys.supported()) return;
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const said = form.querySelector(".key-said");
    said.textContent = "";
    try {
      const options = JSON.parse(form.dataset.options);
      const answer = form.dataset.key === "create" ? await keys.create(options) : await keys.get(options);
      form.elements.credential.value = JSON.stringify(answer);
      form.submit();
    } catch {
      said.textContent = said.dataset.failed;
    }
  });
});
