/** The server serves idiomorph 0.8.0 (0BSD) under this name, out of its package. */
export const Idiomorph: {
  morph(
    target: Element,
    content: Node,
    options: { morphStyle: 'innerHTML' | 'outerHTML'; ignoreActiveValue?: boolean; callbacks?: { beforeNodeMorphed?: (node: Node, next: Node) => boolean } },
  ): void;
};
