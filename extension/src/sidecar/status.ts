/** How the sidecar stands, for those who show it. */
export type SidecarStatus =
  /** Nothing has needed it yet, or it was stopped. */
  | { readonly kind: 'off' }
  | { readonly kind: 'starting' }
  | { readonly kind: 'ready' }
  /** It could not be started, or ended too often. */
  | { readonly kind: 'failed'; readonly error: unknown };
