// An authentication provider with the id of the Microsoft account. Tokens come from the emulator's control address, which
// the environment names; there is no account until somebody signs in, as for real.
const { readFileSync } = require('node:fs');
const https = require('node:https');
const vscode = require('vscode');

const account = { id: 'ada', label: 'ada@contoso.example' };

function fetchToken(scopes) {
  const url = new URL(process.env.AML_E2E_TOKEN_URL);
  for (const scope of scopes) {
    if (scope.startsWith('VSCODE_TENANT:')) {
      url.searchParams.set('tenantId', scope.slice('VSCODE_TENANT:'.length));
    } else {
      url.searchParams.append('scope', scope);
    }
  }
  return new Promise((resolve, reject) => {
    const options = { ca: readFileSync(process.env.AML_E2E_CA), method: 'GET' };
    https
      .request(url, options, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (data) => (text += data));
        response.on('end', () => {
          if (response.statusCode === 200) {
            resolve(JSON.parse(text).accessToken);
          } else {
            reject(new Error(`The emulator gave no token: ${response.statusCode} ${text}`));
          }
        });
      })
      .on('error', reject)
      .end();
  });
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
