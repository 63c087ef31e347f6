/** What is made in pieces. */
interface Piecewise {
  readonly isDone: boolean;
  /** @param most pools to look at @returns how many it looked at */
  step(most: number): number;
}

/**
 * One thing after the other that is made of the pools in pieces. Pools that change meanwhile spoil what was begun: it is begun again and made at
 * once, because pools that change all the time must not keep it from being done.
 */
export class Workpiece<T extends Piecewise> {
  #of: object | undefined;
  #key = '';
  #version = -1;
  #thing: T | undefined;

  /**
   * @param of what it is made of: a thing of another that is called the same is begun anew
   * @param version of the pools
   * @returns the thing `key` names, further on than before, and the pools that were looked at
   */
  step(of: object, key: string, version: number, begin: () => T, most: number): { readonly thing: T; readonly looked: number } {
    const isSame = this.#thing !== undefined && this.#of === of && this.#key === key;
    const isSpoilt = isSame && this.#version !== version;
    const thing = isSame && !isSpoilt && this.#thing !== undefined ? this.#thing : begin();
    const looked = thing.step(isSpoilt ? Number.POSITIVE_INFINITY : most);
    this.#of = of;
    this.#key = key;
    this.#version = version;
    this.#thing = thing.isDone ? undefined : thing;
    return { thing, looked };
  }
}
