/** What other features need to know of signing in, without knowing how it is done. */
export interface SignInState {
  /** Whether a token can be had without asking the person; always true where the sidecar signs in itself. */
  isSignedIn(): Promise<boolean>;
}
