/**
 * The part of the DOM that the script of the page uses. The DOM's own library of types would make `name`, `status` and
 * a thousand other globals known to every file of the project.
 */
export interface Element {
  textContent: string;
  hidden: boolean;
  readonly clientWidth: number;
  readonly style: { width: string; height: string };
  setAttribute: (name: string, value: string) => void;
  replaceChildren: (...nodes: readonly Element[]) => void;
  append: (...nodes: readonly (Element | string)[]) => void;
  addEventListener: (name: string, listener: (event: UiEvent) => void) => void;
  getBoundingClientRect: () => { readonly width: number; readonly height: number };
}

export interface UiEvent {
  readonly key: string;
  readonly offsetX: number;
  readonly offsetY: number;
  preventDefault: () => void;
}

export interface Input extends Element {
  value: string;
  max: string;
  disabled: boolean;
}

export interface Canvas extends Element {
  width: number;
  height: number;
  getContext: (kind: '2d') => Context;
}

export interface Context {
  fillStyle: string;
  strokeStyle: string;
  lineWidth: number;
  fillRect: (x: number, y: number, width: number, height: number) => void;
  strokeRect: (x: number, y: number, width: number, height: number) => void;
}

export interface Document {
  readonly documentElement: Element;
  getElementById: (id: string) => Element | null;
  createElement: (name: string) => Element;
}

export interface MediaQuery {
  readonly matches: boolean;
  addEventListener: (name: 'change', listener: () => void) => void;
}

export interface Window {
  readonly devicePixelRatio: number;
  addEventListener: (name: string, listener: () => void) => void;
  matchMedia: (query: string) => MediaQuery;
  getComputedStyle: (element: Element) => { getPropertyValue: (name: string) => string };
  setInterval: (what: () => void, ms: number) => number;
  clearInterval: (timer: number) => void;
}
