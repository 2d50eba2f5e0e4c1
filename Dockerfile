# An image of the decnet command line, for operators who cannot install Node. docs/install.md tells how to build and run it.
# The base is any image of Node 24 on Debian 12 or later (glibc); it comes from the registry of your choice.
ARG NODE_IMAGE=node:24-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
# The packages need no install scripts: their binaries are inside, and the base image brings Node.
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build && npm prune --omit=dev --ignore-scripts

FROM ${NODE_IMAGE}
ENV NODE_ENV=production \
    DECNET_STATE_DIR=/var/lib/decnet
# A new volume takes the mode of the directory it covers, and decnet refuses a state that others can read.
RUN install -d -m 0700 /var/lib/decnet
COPY --from=build /src/node_modules /opt/decnet/node_modules
COPY --from=build /src/bin/run.js /opt/decnet/bin/run.js
COPY --from=build /src/dist /opt/decnet/dist
COPY --from=build /src/package.json /src/oclif.manifest.json /src/LICENSE /opt/decnet/
VOLUME /var/lib/decnet
WORKDIR /fleet
# It runs as root: whoever may use the Docker socket is root on the host anyway.
ENTRYPOINT ["node", "/opt/decnet/bin/run.js"]
CMD ["help"]
