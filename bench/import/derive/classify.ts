/** What a mapping is: heap, stack, a file's pages, or memory that the model does not have. */
import type { Mapping } from '../facts.ts';

type AnonClass = 'dalvik-heap' | 'native-heap' | 'stack';

export type MappingClass =
  | { readonly kind: 'anon'; readonly name: AnonClass }
  /** Private or shared mapping of a file: its copied pages are `file-cow`, the others page cache. */
  | { readonly kind: 'file' }
  /** ashmem, memfd, SysV and other shared anonymous memory. */
  | { readonly kind: 'shared-memory' }
  /** Device memory, vdso and the like. */
  | { readonly kind: 'none' };

const NOT_MEMORY = /^\[(?:vvar(?:_vclock)?|vdso|vsyscall|vectors|sigpage|uprobes)\]/;
const DALVIK = /^(?:\[anon:dalvik|\/dev\/ashmem\/dalvik|\[anon:\.art)/;
const STACK = /^(?:\[stack|\[anon:(?:thread|stack_and_tls|bionic (?:TLS|alternate signal stack))|\[anon:.*stack)/i;
const SHARED_MEMORY = /^(?:\/dev\/ashmem|\/memfd:|\/SYSV|\/dev\/zero|\/dev\/shm\/|\[anon_shmem)/;

export function classOf({ name, perms }: Mapping): MappingClass {
  const isShared = perms.at(3) === 's';
  if (NOT_MEMORY.test(name) || /^(?:anon_inode:|socket:|pipe:)/.test(name)) return { kind: 'none' };
  if (DALVIK.test(name) && !isShared) return { kind: 'anon', name: 'dalvik-heap' };
  if (SHARED_MEMORY.test(name)) return isShared ? { kind: 'shared-memory' } : { kind: 'anon', name: 'native-heap' };
  if (STACK.test(name)) return { kind: 'anon', name: 'stack' };
  if (name === '' || name.startsWith('['))
    return isShared ? { kind: 'shared-memory' } : { kind: 'anon', name: 'native-heap' };
  // Buffers of GPU, ION, binder: their pages are not on the LRU, and mostly not counted either.
  if (name.startsWith('/dev/')) return { kind: 'none' };
  return { kind: 'file' };
}

/** Copied or written pages of a private mapping, kB. */
export function anonymousKb(mapping: Mapping): number {
  if (mapping.perms.at(3) === 's') return 0;
  // Before 2.6.37 there is no such line: what is private has been written, more or less.
  return mapping.anonymous ?? mapping.priv ?? 0;
}

/** What a fork copies: equal in parent and child. */
export function forkKey({ name, perms, start }: Mapping): string {
  return `${start} ${perms.at(3) ?? ''} ${name}`;
}
