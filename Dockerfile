# docker build -t pincite .
# docker run -p 127.0.0.1:8000:8000 -v "$PWD/my-documents:/documents:ro" pincite
FROM python:3.11-slim

RUN useradd --create-home pincite
WORKDIR /app
# torch first, so that whatever else asks for it is content. Its plain build brings several GB for graphics cards:
# where your index has a build for processors, give its options in TORCH_OPTIONS.
ARG TORCH_OPTIONS=""
RUN pip install --no-cache-dir torch==2.13.0 $TORCH_OPTIONS
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY index index
COPY qa qa
COPY web web
COPY eval eval
RUN pip install --no-cache-dir -c constraints.txt .

USER pincite
ENV PINCITE_DATA=/home/pincite/data
EXPOSE 8000
# --public-read because a container's own loopback cannot be reached: publish the port on 127.0.0.1, as above.
CMD ["sh", "-c", "pincite index /documents && exec pincite serve --host 0.0.0.0 --public-read"]
