// A bill of materials beside a package: CycloneDX 1.6, JSON.
import { createHash } from 'node:crypto';

const purl = ({ type, name, version }) => `pkg:${type}/${name.replace('@', '%40')}@${version}`;

/**
 * @param components as of inside.mjs
 * @param product `name`, `version`, `description`, `target` and `file`: the bytes of the package
 * @returns the document, to be written as JSON.
 */
export function sbomOf(components, { name, version, description, target, file }) {
  const own = `${name}@${version}?target=${target}`;
  const sha256 = createHash('sha256').update(file).digest('hex');
  const refs = new Map(components.map((component) => [component.name, purl(component)]));
  const needed = new Set(components.flatMap(({ needs }) => needs));
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${uuidOf(sha256)}`,
    version: 1,
    metadata: {
      timestamp: new Date(Number(process.env.SOURCE_DATE_EPOCH ?? Date.now() / 1000) * 1000).toISOString(),
      component: {
        type: 'application',
        'bom-ref': own,
        name,
        version,
        description,
        licenses: [{ license: { id: 'MIT' } }],
        hashes: [{ alg: 'SHA-256', content: sha256 }],
        properties: [{ name: 'vscode:target', value: target }],
      },
    },
    components: components.map((component) => ({
      type: component.name.startsWith('Microsoft.NETCore.App.Runtime.') ? 'framework' : 'library',
      'bom-ref': purl(component),
      name: component.name,
      version: component.version,
      ...(component.copyright ? { copyright: component.copyright } : {}),
      licenses: [{ license: { id: component.license } }],
      ...(component.sha512 ? { hashes: [{ alg: 'SHA-512', content: component.sha512 }] } : {}),
      purl: purl(component),
      ...(component.url ? { externalReferences: [{ type: 'website', url: component.url }] } : {}),
    })),
    dependencies: [
      // What no other part needs is needed by the product's own.
      { ref: own, dependsOn: components.filter((each) => !needed.has(each.name)).map(purl) },
      ...components.map((each) => ({
        ref: purl(each),
        dependsOn: each.needs.map((name) => refs.get(name)).filter((ref) => ref !== undefined),
      })),
    ],
  };
}

/** A UUID of version 8 (RFC 9562) from a hash, so that the same package has the same number. */
function uuidOf(sha256) {
  const hex = [...sha256.slice(0, 32)];
  hex[12] = '8';
  hex[16] = '89ab'[Number.parseInt(hex[16], 16) % 4];
  return hex.join('').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
