/** A file of the finished example that comes with the page. */
export async function fetchExample(file: string): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(new URL(`example/${file}`, self.location.href));
  if (!response.ok) throw new Error(`the finished example's ${file} is not where it should be (${response.status}); serve the whole folder of the page.`);
  return new Uint8Array(await response.arrayBuffer());
}
