export type Role = 'HR' | 'ALUMNUS' | 'EMPLOYEE';

export const HTTP: string;
export function bearer(role: Role): string;
export function ask<Result>(role: Role, query: string, variables?: object): Promise<Result>;
export function refusalOf(role: Role, query: string): Promise<string | null>;
export function check(name: string, what: () => Promise<void>): Promise<void>;
export function finish(): never;
