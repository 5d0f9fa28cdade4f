/** Hands a file to the user as a download. */
export function saveFile(name: string, content: BlobPart, type = "application/octet-stream"): void {
  const address = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // the download has its own hold on the content by then
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
