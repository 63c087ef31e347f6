/** Secrets from the system's own source, and what is kept of them. */
export interface Secrets {
  /** 256 random bits as 43 characters of base64url. */
  secret(): string;
  /** 50 random bits as 10 lower-case letters and digits: to find a thing by, nothing to rely on. */
  prefix(): string;
  /** SHA-256 in hexadecimal digits. */
  digest(text: string): string;
  /** Whether `text` has this digest, in a time that does not depend on where they differ. */
  matches(text: string, digest: string): boolean;
}
