// Whenever Tandem needs a token: at the start, before one runs out, and after it was revoked.
document.addEventListener("tandem-token", async ({target}) => {
  const answer = await fetch("tandem-token", {method: "POST"});
  if (answer.ok) target.token = await answer.text();
});
