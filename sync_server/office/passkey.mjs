// Lends a passkey to a form: the options are in the form, and so is the place for the answer.
const form = document.querySelector('form[data-passkey]');
const options = JSON.parse(form.dataset.options);

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (sign) => sign.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');

function asked() {
  const known = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));
  const asks = { ...options, challenge: bytes(options.challenge), allowCredentials: known(options.allowCredentials), excludeCredentials: known(options.excludeCredentials) };
  if (options.user) asks.user = { ...options.user, id: bytes(options.user.id) };
  return asks;
}

function told(credential) {
  const { response } = credential;
  const names = ['clientDataJSON', 'attestationObject', 'authenticatorData', 'signature', 'userHandle'];
  const said = Object.fromEntries(names.filter((name) => response[name]).map((name) => [name, text(response[name])]));
  return JSON.stringify({ id: credential.id, rawId: text(credential.rawId), type: credential.type, response: said });
}

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  const status = document.querySelector('[role=status]');
  try {
    const publicKey = asked();
    const credential = form.dataset.passkey === 'new' ? await navigator.credentials.create({ publicKey }) : await navigator.credentials.get({ publicKey });
    form.elements.credential.value = told(credential);
    form.submit();
  } catch {
    status.textContent = form.dataset.failed;
  }
});
form.querySelector('button').hidden = false;
