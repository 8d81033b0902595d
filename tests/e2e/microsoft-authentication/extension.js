// An authentication provider with the id of the Microsoft account. Tokens come from the emulator's control address, which
// the environment names; there is no account until somebody signs in, as for real.
const vscode = require('vscode');

const tenantScope = 'VSCODE_TENANT:';
const account = { id: 'ada', label: 'ada@contoso.example' };

async function fetchToken(scopes) {
  const tenant = scopes.find((scope) => scope.startsWith(tenantScope));
  const answer = await fetch(process.env.AML_E2E_TOKEN_URL, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      audience: scopes.find((scope) => scope.endsWith('/.default')),
      ...(tenant ? { tenantId: tenant.slice(tenantScope.length) } : {}),
    }),
  });
  const text = await answer.text();
  if (!answer.ok) {
    throw new Error(`The emulator gave no token: ${answer.status} ${text}`);
  }
  return JSON.parse(text).token;
}

exports.activate = (context) => {
  const changed = new vscode.EventEmitter();
  let signedIn = false;
  const session = async (scopes) => ({
    id: [...scopes].sort().join(' '),
    accessToken: await fetchToken(scopes),
    account,
    scopes,
  });
  const provider = {
    onDidChangeSessions: changed.event,
    getSessions: async (scopes) => (signedIn && scopes?.length ? [await session(scopes)] : []),
    createSession: async (scopes) => {
      const made = await session(scopes);
      signedIn = true;
      changed.fire({ added: [made], removed: [], changed: [] });
      return made;
    },
    removeSession: async () => {
      signedIn = false;
      changed.fire({ added: [], removed: [], changed: [] });
    },
  };
  context.subscriptions.push(
    changed,
    vscode.authentication.registerAuthenticationProvider('microsoft', 'Microsoft', provider, { supportsMultipleAccounts: true }),
  );
};
