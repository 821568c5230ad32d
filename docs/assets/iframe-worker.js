// Browsers refuse workers to pages that are opened from the file system. There the search runs in a hidden frame instead:
// this class does what a worker does for the page, and hands the frame what a worker's script expects.
(() => {
  if (location.protocol !== "file:") return

  class FrameWorker extends EventTarget {
    constructor(address) {
      super()
      this.waiting = []
      this.frame = document.createElement("iframe")
      this.frame.hidden = true
      document.documentElement.append(this.frame)
      const inner = this.frame.contentWindow
      inner.postMessage = data => this.hear(data)
      inner.importScripts = (...sources) => Promise.all(sources.map(source => this.load(source)))
      this.load(address).then(() => {
        const waiting = this.waiting
        this.waiting = null
        waiting.forEach(data => this.postMessage(data))
      })
    }

    load(source) {
      return new Promise((done, failed) => {
        const script = this.frame.contentDocument.createElement("script")
        script.src = new URL(source, location.href).href
        script.onload = done
        script.onerror = () => {
          this.dispatchEvent(new ErrorEvent("error", { message: `${source} cannot be read` }))
          failed(new Error(source))
        }
        this.frame.contentDocument.documentElement.append(script)
      })
    }

    hear(data) {
      const event = new MessageEvent("message", { data })
      setTimeout(() => {
        if (typeof this.onmessage === "function") this.onmessage(event)
        this.dispatchEvent(event)
      })
    }

    postMessage(data) {
      if (this.waiting) this.waiting.push(data)
      else this.frame.contentWindow.dispatchEvent(new MessageEvent("message", { data }))
    }

    terminate() {
      this.frame.remove()
    }
  }

  window.Worker = FrameWorker
})()
