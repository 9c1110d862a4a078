/** Short-lived tokens that API keys are exchanged for. */
export interface Sessions {
  /** A token for a subject, and when it expires. */
  sign(subject: string): { readonly token: string; readonly expiresAt: Date };
  /** The subject of a token. Throws `token_expired`, and `unauthenticated` for any token that was not signed here and for this. */
  verify(token: string): string;
}
