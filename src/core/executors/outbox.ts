/** Gathers what is said in one go, so that sixty messages cross to another thread as one: each crossing costs more than most handlers. */
export function createOutbox<Message>(send: (messages: readonly Message[]) => void): (message: Message) => void {
  let messages: Message[] = [];

  function flush(): void {
    const some = messages;
    messages = [];
    send(some);
  }

  return (message) => {
    if (messages.length === 0) queueMicrotask(flush);
    messages.push(message);
  };
}
