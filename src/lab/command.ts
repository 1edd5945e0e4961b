import type { Operation, Translate } from '../forms';
import type { Answer } from './dialog';
import type { Job } from './job';

/** A command on files, that their menu offers by its own name: what it asks, and the work that answers make. */
export interface FileCommand {
  readonly id: string;
  /** In the menu of a file. */
  readonly label: string;
  /** Where nothing else tells of what files it is. */
  readonly title: string;
  readonly accept: string;
  /** A sentence for the question, if its form does not say enough. */
  readonly docs?: string | undefined;
  /** Steps to choose from; of one there is no choice, only its form. */
  readonly steps: readonly Operation[];
  readonly outputs: readonly Operation[];
  /** Whether the format may stay that of the source. */
  readonly same?: boolean;
  /** What is filled in at first. */
  readonly first?: Partial<Answer>;
  /** Whether one result is made of all files. */
  readonly together?: boolean;
  /** Whether results go to a new folder. */
  readonly apart?: boolean;
  /** Where the result goes, as far as names tell. */
  target(path: string, step?: string, output?: string): string;
  /** The work that was asked for. */
  work(answer: Answer): Job['work'];
}

/** What commands need of the page. */
export interface Context {
  /** A path's name, for people to read. */
  name(path: string): string;
  readonly trans: Translate;
}
