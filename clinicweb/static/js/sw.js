// The portal's service worker: shows word of messages, and where a press on it leads.
self.addEventListener("push", (event) => {
  const { title, body, url } = event.data.json();
  event.waitUntil(self.registration.showNotification(title, { body, tag: url, data: url, lang: "" }));
});

const open = async (url) => {
  const address = new URL(url, self.location.origin);
  // Where the portal is called otherwise than its own mails do, it is still this one.
  const own = self.location.origin + address.pathname;
  const pages = await self.clients.matchAll({ type: "window" });
  const there = pages.find((page) => new URL(page.url).pathname === address.pathname);
  return there ? there.focus() : self.clients.openWindow(own);
};

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data));
});
