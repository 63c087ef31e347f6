/**
 * A filter of system calls for jobs, as a classic BPF program: everything is allowed but what opens doors of the kernel that no ordinary
 * program needs. `bwrap --seccomp` loads it.
 * @see https://www.kernel.org/doc/html/latest/userspace-api/seccomp_filter.html
 */

/** BPF operations: load a word of the call, jump if equal, jump if at least, return. */
const op = { load: 0x20, ifEqual: 0x15, ifAtLeast: 0x35, answer: 0x06 } as const;
/** What the filter may answer. An error carries its number. */
const answer = { kill: 0x80000000, error: 0x00050000, allow: 0x7fff0000 } as const;
const errno = { EPERM: 1, ENOSYS: 38 } as const;
/** Offsets in `struct seccomp_data`. */
const field = { number: 0, arch: 4 } as const;

/** Calls of newer kinds have the same number everywhere. */
const common = {
  open_tree: 428,
  move_mount: 429,
  fsopen: 430,
  fsconfig: 431,
  fsmount: 432,
  fspick: 433,
  io_uring_setup: 425,
  io_uring_enter: 426,
  io_uring_register: 427,
  mount_setattr: 442,
};

interface Machine {
  readonly arch: number;
  /** Numbers from here on are another way to make the same calls (x32). */
  readonly foreignFrom: number | undefined;
  readonly clone3: number;
  readonly denied: Readonly<Record<string, number>>;
}

const machines: Readonly<Record<string, Machine>> = {
  x64: {
    arch: 0xc000003e,
    foreignFrom: 0x40000000,
    clone3: 435,
    denied: {
      ...common,
      ptrace: 101,
      process_vm_readv: 310,
      process_vm_writev: 311,
      mount: 165,
      umount2: 166,
      pivot_root: 155,
      unshare: 272,
      setns: 308,
      bpf: 321,
      perf_event_open: 298,
      userfaultfd: 323,
      keyctl: 250,
      add_key: 248,
      request_key: 249,
      name_to_handle_at: 303,
      open_by_handle_at: 304,
      kexec_load: 246,
      kexec_file_load: 320,
      init_module: 175,
      finit_module: 313,
      delete_module: 176,
      swapon: 167,
      swapoff: 168,
      reboot: 169,
      move_pages: 279,
    },
  },
  arm64: {
    arch: 0xc00000b7,
    foreignFrom: undefined,
    clone3: 435,
    denied: {
      ...common,
      ptrace: 117,
      process_vm_readv: 270,
      process_vm_writev: 271,
      mount: 40,
      umount2: 39,
      pivot_root: 41,
      unshare: 97,
      setns: 268,
      bpf: 280,
      perf_event_open: 241,
      userfaultfd: 282,
      keyctl: 219,
      add_key: 217,
      request_key: 218,
      name_to_handle_at: 264,
      open_by_handle_at: 265,
      kexec_load: 104,
      kexec_file_load: 294,
      init_module: 105,
      finit_module: 273,
      delete_module: 106,
      swapon: 224,
      swapoff: 225,
      reboot: 142,
      move_pages: 239,
    },
  },
};

/** @param arch as `process.arch` names it. `undefined`: the numbers of this machine's calls are not known here. */
export function seccompFilter(arch: string): Buffer | undefined {
  const machine = machines[arch];
  if (machine === undefined) return undefined;
  const program: Buffer[] = [];
  const add = (code: number, ifTrue: number, ifFalse: number, k: number) => {
    const step = Buffer.alloc(8);
    step.writeUInt16LE(code, 0);
    step.writeUInt8(ifTrue, 2);
    step.writeUInt8(ifFalse, 3);
    step.writeUInt32LE(k >>> 0, 4);
    program.push(step);
  };
  const unless = (test: number, value: number, result: number) => {
    add(test, 0, 1, value);
    add(op.answer, 0, 0, result);
  };

  add(op.load, 0, 0, field.arch);
  add(op.ifEqual, 1, 0, machine.arch);
  add(op.answer, 0, 0, answer.kill);
  add(op.load, 0, 0, field.number);
  if (machine.foreignFrom !== undefined) unless(op.ifAtLeast, machine.foreignFrom, answer.kill);
  for (const number of Object.values(machine.denied)) unless(op.ifEqual, number, answer.error | errno.EPERM);
  // Its flags lie in memory, where a filter cannot look. The C library falls back to clone, whose flags bubblewrap has taken care of.
  unless(op.ifEqual, machine.clone3, answer.error | errno.ENOSYS);
  add(op.answer, 0, 0, answer.allow);
  return Buffer.concat(program);
}
