/** What went wrong with a file, by the system's code. */
const words: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file or folder",
  EACCES: "no permission",
  EPERM: "no permission",
  EROFS: "the disk can only be read",
  EISDIR: "it is a folder",
  ENOTDIR: "a part of its path is a file, not a folder",
  EEXIST: "there is a file of that name",
  ENOTEMPTY: "the folder is not empty: something else writes there too",
  EBUSY: "something else is using it",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk is full: no more of it is yours",
  EFBIG: "the file is too large for the disk",
  ENAMETOOLONG: "its name is too long",
  ELOOP: "its links lead in a circle",
  EMFILE: "too many files are open",
  ENFILE: "too many files are open",
  EIO: "the disk reports an error",
  EPIPE: "who reads it has stopped",
  EXDEV: "it is on another disk",
  ESPIPE: "it is a pipe, and is read more than once",
  EINVAL: "the disk does not take such a name or such a request",
};

/** What went wrong with a file, in plain words. */
export function describe(cause: unknown): string {
  const { code, message } = cause as NodeJS.ErrnoException;
  return (code !== undefined && words[code]) || message;
}

/** An error of the file system as a sentence that names the file; undefined for another error. */
export function fileSentence(cause: unknown): string | undefined {
  const { code, syscall, path, dest } = cause as NodeJS.ErrnoException & { dest?: string };
  if (code === undefined || syscall === undefined || words[code] === undefined || path === undefined) return undefined;
  const verb = syscall === "open" || syscall === "read" || syscall === "stat" || syscall === "lstat" || syscall === "scandir" ? "open" : syscall === "rename" ? "move" : syscall === "rmdir" || syscall === "unlink" || syscall === "rm" ? "remove" : syscall === "mkdir" ? "make" : "write";
  return `cannot ${verb} ${path}${dest === undefined ? "" : ` to ${dest}`}: ${words[code]}.`;
}
