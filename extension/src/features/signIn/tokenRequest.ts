import type { TokenParams } from '../../protocol/types';

/** VS Code's Microsoft providers take the tenant as a scope of this form. */
const tenantScope = 'VSCODE_TENANT:';

/** The scopes to ask VS Code for. */
export function scopesOf(request: TokenParams, defaultTenant: string | null): readonly string[] {
  const tenant = request.tenantId ?? defaultTenant;
  return tenant === null ? request.scopes : [...request.scopes, `${tenantScope}${tenant}`];
}

/** A step-up challenge in the form in which a service sends it: the claims as base64 in a WWW-Authenticate header. */
export function challengeOf(claims: string): string {
  return `Bearer error="insufficient_claims", claims="${Buffer.from(claims, 'utf8').toString('base64')}"`;
}

/** Two requests with the same key are answered by the same sign-in. */
export function keyOf(request: TokenParams): string {
  return JSON.stringify([[...request.scopes].sort(), request.tenantId, request.claims]);
}
