/** Something was asked for that needs a package which is not installed. */
export class MissingPackageError extends Error {
  override name = "MissingPackageError";
}

/** What loading a package gives that only some uses need. Throws MissingPackageError with what to install where it is not there. */
export async function optionalPackage<T>(name: string, loading: Promise<T>): Promise<T> {
  try {
    return await loading;
  } catch (cause) {
    const { code, message } = cause as { code?: string; message: string };
    if ((code === "ERR_MODULE_NOT_FOUND" || code === "MODULE_NOT_FOUND") && message.includes(name)) {
      throw new MissingPackageError(`this needs the package ${name}, which is not installed; npm install ${name}.`, { cause });
    }
    throw cause;
  }
}
