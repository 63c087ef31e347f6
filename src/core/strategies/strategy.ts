/** Placeholder of the interface in design §3; completed by the scheduling work. */
export interface Strategy {
  readonly name: string;
}
