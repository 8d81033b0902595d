import { describe, expect, it } from 'vitest';
import { rootCertificates } from 'node:tls';
import { networkParams } from '../../extension/src/infrastructure/networkSettings';
import { fake } from './fakes/vscode';

describe('the settings of proxies', () => {
  it('are those of VS Code, as the person has them', () => {
    fake.settings.set('http.proxy', ' http://ada:secret@proxy:3128 ');
    fake.settings.set('http.noProxy', ['a.example', 7, 'b.example']);
    fake.settings.set('http.proxyAuthorization', 'Basic abc');
    expect(networkParams()).toEqual({
      proxy: 'http://ada:secret@proxy:3128',
      proxyAuthorization: 'Basic abc',
      noProxy: ['a.example', 'b.example'],
      useProxies: true,
      verifyProxyCertificate: true,
      roots: null,
    });
  });

  it('say nothing where nothing of use is set', () => {
    fake.settings.set('http.proxy', 42);
    fake.settings.set('http.noProxy', 'a.example');
    fake.settings.set('http.proxyAuthorization', '');
    expect(networkParams()).toMatchObject({ proxy: null, proxyAuthorization: null, noProxy: [] });
  });

  it('switch proxies, the check of their certificates and the certificates of the system off', () => {
    fake.settings.set('http.proxySupport', 'off');
    fake.settings.set('http.proxyStrictSSL', false);
    fake.settings.set('http.systemCertificates', false);
    const { useProxies, verifyProxyCertificate, roots } = networkParams();
    expect({ useProxies, verifyProxyCertificate }).toEqual({ useProxies: false, verifyProxyCertificate: false });
    expect(roots).toEqual([...rootCertificates]);
  });

  it('of a folder are not heard', () => {
    fake.folderSettings.set('http.proxy', 'http://evil.example:1');
    fake.folderSettings.set('http.noProxy', ['*']);
    fake.folderSettings.set('http.proxyStrictSSL', false);
    fake.folderSettings.set('http.proxyAuthorization', 'Basic evil');
    expect(networkParams()).toEqual({
      proxy: null,
      proxyAuthorization: null,
      noProxy: [],
      useProxies: true,
      verifyProxyCertificate: true,
      roots: null,
    });
  });
});
